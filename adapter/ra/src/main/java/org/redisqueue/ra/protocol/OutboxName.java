// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import org.redisqueue.internal.QueueName;

/**
 * The name of an outbox: that of its queue, followed by {@code }outbox}. The brace ends what Redis hashes, so that the
 * outbox is in the slot of its queue, and no queue can have this name.
 */
public final class OutboxName {

    static final String ENDING = "}outbox";

    private OutboxName() {}

    /** Returns the name of the outbox of a queue. */
    public static String of(String queue) {
        return queue + ENDING;
    }

    /** Returns whether a name is that of an outbox. */
    public static boolean matches(String name) {
        return name.endsWith(ENDING)
                && name.substring(0, name.length() - ENDING.length()).matches(QueueName.PATTERN);
    }
}
