// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

/**
 * The number of messages in a queue in each state.
 *
 * @param ready messages that can be claimed immediately
 * @param processing messages that are claimed, waiting to be redelivered, or in doubt
 * @param dead dead letters
 * @param scheduled scheduled messages, including those that are due but that no consumer has published yet;
 *     {@link org.redisqueue.admin.QueueStatus} counts the latter as ready
 * @param waiting messages that wait until the previous messages of their groups have ended
 */
public record QueueCounts(long ready, long processing, long dead, long scheduled, long waiting) {

    /**
     * Creates the counts of a queue that has no scheduled messages and none that wait for others of their groups.
     *
     * @param ready messages that can be claimed immediately
     * @param processing messages that are claimed, waiting to be redelivered, or in doubt
     * @param dead dead letters
     */
    public QueueCounts(long ready, long processing, long dead) {
        this(ready, processing, dead, 0, 0);
    }
}
