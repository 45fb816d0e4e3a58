// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state of one queue at one moment.
 *
 * @param name the name of the queue
 * @param ready the number of messages that wait for a consumer
 * @param scheduled the number of messages that wait until it is time to deliver them
 * @param waiting the number of messages that wait for other messages of their group
 * @param redelivering the number of messages that wait for the end of their redelivery delay; estimated from a sample if
 *     more than 1,000 messages are being delivered or wait for redelivery
 * @param delivering the number of messages that consumers have claimed; estimated like {@code redelivering}
 * @param inDoubt the number of messages that prepared branches have consumed
 * @param dead the number of dead letters
 * @param oldestReady the age of the first ready message without a priority, even if urgent ones are delivered before it. If
 *     there is none, the age of the message that is delivered next. The age counts from the time at which the message was
 *     sent or, if it was scheduled, was due. Null if no message is ready, or if its producer did not record the time
 * @param paused whether the queue is paused
 * @param pausedUntil when the pause ends, according to the Redis clock; null if the queue is not paused, or is paused until
 *     it is resumed
 * @param consumers the number of listeners that consume the queue, on all servers that are alive
 * @param deliveredPerMinute the number of acknowledged deliveries in the last complete minute
 * @param failedPerMinute the number of failed deliveries in the last complete minute
 * @param settings the settings of the queue that have a value, as in {@link QueueAdmin#settings}
 */
public record QueueStatus(
        String name,
        long ready,
        long scheduled,
        long waiting,
        long redelivering,
        long delivering,
        long inDoubt,
        long dead,
        @Nullable Duration oldestReady,
        boolean paused,
        @Nullable Instant pausedUntil,
        int consumers,
        long deliveredPerMinute,
        long failedPerMinute,
        Map<String, String> settings) {}
