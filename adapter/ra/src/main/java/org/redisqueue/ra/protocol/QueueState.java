// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Map;

/**
 * The state of a queue.
 *
 * @param delivering number of messages that consumers have claimed; estimated if there are many
 * @param redelivering number of messages that wait for redelivery; estimated if there are many
 * @param pauseMillis time until the pause ends, in milliseconds; {@link #PAUSED} or {@link #NOT_PAUSED}
 * @param nextId the id of the message that is delivered next; empty if there is none
 * @param nextHead the beginning of the value of that message
 * @param delivered number of deliveries that were acknowledged in the last complete minute
 * @param failed number of deliveries that failed in the last complete minute
 * @param nowMillis the time of Redis, in milliseconds since 1970
 * @param scheduled number of messages that are not due yet
 * @param waiting number of messages that wait for others of their groups
 * @param settings the settings that have a value, which may be invalid
 */
public record QueueState(
        String queue,
        long ready,
        long inDoubt,
        long delivering,
        long redelivering,
        long dead,
        long pauseMillis,
        String nextId,
        byte[] nextHead,
        long delivered,
        long failed,
        long nowMillis,
        long scheduled,
        long waiting,
        Map<QueueSetting, String> settings) {

    /** The pause lasts until the queue is resumed. */
    public static final long PAUSED = -1;

    /** The queue is not paused. */
    public static final long NOT_PAUSED = -2;
}
