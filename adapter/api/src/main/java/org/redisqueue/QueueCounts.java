// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * The number of messages in a queue in each state.
 *
 * @param ready messages that can be claimed immediately
 * @param processing messages that are claimed, waiting to be redelivered, or in doubt
 * @param dead dead letters
 * @param scheduled messages that wait until it is time to deliver them
 */
public record QueueCounts(long ready, long processing, long dead, long scheduled) {

    /**
     * Creates the counts of a queue that has no scheduled messages.
     *
     * @param ready messages that can be claimed immediately
     * @param processing messages that are claimed, waiting to be redelivered, or in doubt
     * @param dead dead letters
     */
    public QueueCounts(long ready, long processing, long dead) {
        this(ready, processing, dead, 0);
    }
}
