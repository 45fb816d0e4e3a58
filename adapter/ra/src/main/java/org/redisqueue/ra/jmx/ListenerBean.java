// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.statistics.ListenerStatistics;
import org.redisqueue.ra.statistics.ListenerStatistics.Failure;
import org.redisqueue.ra.statistics.ListenerStatistics.Figures;

/** Implements the management bean of a listener. */
final class ListenerBean implements ListenerMXBean {

    private final ListenerStatistics statistics;
    private final String redis;
    private final Runnable breakerReset;

    /** @param breakerReset closes the circuit breaker of the listener */
    ListenerBean(ListenerStatistics statistics, String redis, Runnable breakerReset) {
        this.breakerReset = breakerReset;
        this.statistics = statistics;
        this.redis = redis;
    }

    private Figures figures() {
        return statistics.figures();
    }

    @Override
    public String getName() {
        return figures().name();
    }

    @Override
    public String getQueue() {
        return figures().queue();
    }

    @Override
    public String getRedis() {
        return redis;
    }

    @Override
    public int getConcurrency() {
        return figures().concurrency();
    }

    @Override
    public int getActive() {
        return figures().active();
    }

    @Override
    public @Nullable Date getOldestDeliverySince() {
        long since = figures().oldestSince();
        return since == 0 ? null : Date.from(Instant.ofEpochMilli(since));
    }

    @Override
    public long getDelivered() {
        return figures().delivered();
    }

    @Override
    public long getFailed() {
        return figures().failed();
    }

    @Override
    public long getDeadLettered() {
        return figures().deadLettered();
    }

    @Override
    public @Nullable String getLastFailure() {
        Failure failure = figures().lastFailure();
        return failure == null ? null : failure.reason();
    }

    @Override
    public @Nullable Date getLastFailureAt() {
        Failure failure = figures().lastFailure();
        return failure == null ? null : Date.from(Instant.ofEpochMilli(failure.millis()));
    }

    @Override
    public boolean isPaused() {
        return figures().paused();
    }

    @Override
    public boolean isBreakerOpen() {
        return figures().breakerOpen();
    }

    @Override
    public void resetBreaker() {
        breakerReset.run();
    }

    @Override
    public boolean isConnected() {
        return figures().connected();
    }
}
