// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.time.Instant;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.DeduplicationOperations;
import org.redisqueue.ra.protocol.UnroutedMessages;
import org.redisqueue.ra.statistics.ConnectionLosses.Loss;
import org.redisqueue.ra.statistics.ServerStatistics;

/** Implements the management bean of a connection. */
final class ConnectionBean implements ConnectionMXBean {

    private final String redis;
    private final RedisClient client;
    private final ServerStatistics statistics;
    private final UnroutedMessages unrouted;
    private final DeduplicationOperations deduplication;

    ConnectionBean(
            String redis,
            RedisClient client,
            ServerStatistics statistics,
            UnroutedMessages unrouted,
            DeduplicationOperations deduplication) {
        this.redis = redis;
        this.client = client;
        this.statistics = statistics;
        this.unrouted = unrouted;
        this.deduplication = deduplication;
    }

    @Override
    public String getRedis() {
        return redis;
    }

    @Override
    public String getAddresses() {
        return client.address();
    }

    @Override
    public boolean isConnected() {
        return client.isConnected() && !statistics.isConnectionLost();
    }

    @Override
    public @Nullable Date getLastLoss() {
        Loss loss = statistics.lastLoss();
        return loss == null ? null : Date.from(Instant.ofEpochMilli(loss.millis()));
    }

    @Override
    public @Nullable String getLastLossReason() {
        Loss loss = statistics.lastLoss();
        return loss == null ? null : loss.reason();
    }

    @Override
    public @Nullable String getRedisVersion() {
        return client.serverVersion();
    }

    @Override
    public long getDeduplicatedMessages() {
        return deduplication.dropped();
    }

    @Override
    public String getClientName() {
        return client.settings().getClientName();
    }

    @Override
    public int getPoolSize() {
        return client.settings().getPoolSize();
    }

    @Override
    public int getMinimumIdle() {
        return client.settings().getMinimumIdle();
    }

    @Override
    public long getUnroutedMessages() {
        return unrouted.count();
    }
}
