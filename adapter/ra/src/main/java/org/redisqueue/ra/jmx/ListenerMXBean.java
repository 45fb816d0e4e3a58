// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import org.jspecify.annotations.Nullable;

/** A listener of this process. */
@Description("A listener of this process")
public interface ListenerMXBean {

    @Description("Name of the listener")
    String getName();

    @Description("Queue that the listener consumes")
    String getQueue();

    @Description("Redis deployment that contains the queue")
    String getRedis();

    @Description("Maximum number of messages in delivery at the same time")
    int getConcurrency();

    @Description("Messages in delivery")
    int getActive();

    @Description("Start of the oldest delivery in progress; null if there is none")
    @Nullable
    Date getOldestDeliverySince();

    @Description("Deliveries that were acknowledged since the start")
    long getDelivered();

    @Description("Deliveries that were rolled back since the start")
    long getFailed();

    @Description("Messages that were dead-lettered since the start")
    long getDeadLettered();

    @Description("Reason of the last failed delivery; null if there was none")
    @Nullable
    String getLastFailure();

    @Description("When that delivery failed; null if there was none")
    @Nullable
    Date getLastFailureAt();

    @Description("Whether the listener or its queue is paused")
    boolean isPaused();

    @Description("Whether the circuit breaker is open, because deliveries keep failing")
    boolean isBreakerOpen();

    @Description("Closes the circuit breaker, so that deliveries continue at once")
    void resetBreaker();

    @Description("Whether the listener can reach Redis")
    boolean isConnected();
}
