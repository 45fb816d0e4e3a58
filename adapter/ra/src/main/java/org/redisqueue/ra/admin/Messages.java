// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessagePage;
import org.redisqueue.admin.Place;
import org.redisqueue.ra.protocol.QueueOperations;

/** Single messages: listing, reading, editing and deleting them. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
final class Messages {

    private final QueueOperations operations;

    Messages(QueueOperations operations) {
        this.operations = operations;
    }

    MessagePage browse(String queue, Place place, @Nullable String cursor, int limit) {
        throw new UnsupportedOperationException();
    }

    Optional<MessageDetails> message(String queue, String id) {
        throw new UnsupportedOperationException();
    }

    void editBody(String queue, String id, String body, String version) {
        throw new UnsupportedOperationException();
    }

    void delete(String queue, String id) {
        throw new UnsupportedOperationException();
    }
}
