// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import java.util.Collection;
import java.util.Optional;
import org.redisqueue.admin.Place;

/** The order of the messages of a group. */
final class GroupSequence {

    private GroupSequence() {}

    /** Lets a message that is ready wait if another one of its group may be delivered. */
    static void admit(StoredMessage message, Collection<StoredMessage> others) {
        if (message.place() == Place.READY
                && others.stream().anyMatch(other -> other.isInGroupOf(message) && other.isHead())) {
            message.await();
        }
    }

    /** Returns the message that may be delivered after one of its group has ended. */
    static Optional<StoredMessage> next(StoredMessage ended, Collection<StoredMessage> others) {
        return others.stream()
                .filter(message -> message.isInGroupOf(ended) && message.place() == Place.WAITING)
                .findFirst();
    }
}
