// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** The health that the adapter reports when Redis disappears and returns. */
class RedisMonitorTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(3);
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TestRedis redis = TestRedis.start();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final RedisClient client = RedisClient.acquire(properties());
    private final QueueOperations operations = new QueueOperations(client, timer);

    private TestProperties properties() {
        TestProperties properties = TestProperties.of(redis);
        properties.setConnectTimeout(500);
        properties.setResponseTimeout(500);
        return properties;
    }

    private RedisMonitor monitor(Duration timeout) {
        return new RedisMonitor(client, operations, timer, timeout, RedisMonitor.LONGEST_TIMER_DELAY);
    }

    @AfterEach
    void close() {
        timer.shutdownNow();
        operations.close();
        client.release();
        redis.close();
    }

    private static void awaitReady(RedisMonitor monitor) {
        await().atMost(PATIENCE).until(() -> monitor.health().ready());
        assertThat(monitor.health().connected()).isTrue();
        assertThat(monitor.health().unreachableSince()).isEmpty();
    }

    @Test
    void notReadyBeforeRedisHasAnswered() {
        redis.kill();
        RedisMonitor monitor = monitor(NEVER);

        assertThat(monitor.health().ready()).isFalse();
        await().atMost(PATIENCE).until(() -> monitor.health().unreachableSince().isPresent());
        assertThat(monitor.health().ready()).isFalse();

        redis.restart();
        awaitReady(monitor);
    }

    @Test
    void notReadyWhenRedisIsUnreachableForLongerThanTheTimeout() {
        RedisMonitor monitor = monitor(TIMEOUT);
        awaitReady(monitor);
        Instant before = Instant.now();

        redis.kill();
        await().atMost(PATIENCE).until(() -> !monitor.health().ready());

        Instant since = monitor.health().unreachableSince().orElseThrow();
        assertThat(since).isAfterOrEqualTo(before);
        assertThat(Duration.between(since, Instant.now())).isGreaterThanOrEqualTo(TIMEOUT);
        assertThat(monitor.health().connected()).isFalse();
        assertThat(monitor.health().alive()).isTrue();

        redis.restart();
        awaitReady(monitor);
    }

    @Test
    void readyDuringAnOutageShorterThanTheTimeout() {
        RedisMonitor monitor = monitor(NEVER);
        awaitReady(monitor);

        redis.kill();
        await().atMost(PATIENCE).until(() -> !monitor.health().connected());

        assertThat(monitor.health().ready()).isTrue();
        assertThat(monitor.health().unreachableSince()).isPresent();
    }

    @Test
    void frozenRedisIsUnreachable() {
        RedisMonitor monitor = monitor(TIMEOUT);
        awaitReady(monitor);

        redis.freeze();
        try {
            await().atMost(PATIENCE).until(() -> !monitor.health().ready());
        } finally {
            redis.thaw();
        }

        awaitReady(monitor);
    }

    @Test
    void redisThatDeniesTheCommandIsReachable() {
        RedisMonitor monitor = monitor(TIMEOUT);
        awaitReady(monitor);

        redis.call("ACL", "SETUSER", "default", "-exists");
        assertThat(operations.answers().join()).isTrue();
    }

    @Test
    void aliveUntilTheTimerIsStuck() {
        RedisMonitor monitor = new RedisMonitor(client, operations, timer, NEVER, Duration.ofSeconds(5));
        awaitReady(monitor);
        assertThat(monitor.health().alive()).isTrue();
        CountDownLatch stuck = new CountDownLatch(1);

        timer.execute(() -> {
            try {
                stuck.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        await().atMost(PATIENCE).until(() -> !monitor.health().alive());
        stuck.countDown();
        await().atMost(PATIENCE).until(() -> monitor.health().alive());
    }
}
