// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.ra.admin.RedisQueueAdmin;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** What operators learn from the heartbeats of a server. */
class HeartbeatTest {

    private static final Duration INTERVAL = Duration.ofMillis(20);

    private final TestRedis redis = TestRedis.shared();
    private final String prefix = "heartbeat-" + UUID.randomUUID();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private RedisClient client = RedisClient.acquire(properties());
    private QueueOperations operations = new QueueOperations(client, timer);
    private final QueueAdmin admin = RedisQueueAdmin.of(operations);
    private ServerStatistics statistics = new ServerStatistics(client, operations, timer, INTERVAL);
    private final ListenerStatistics listener = statistics.newListener("Receipts.issue", "orders", 5);

    private long delivered;

    private TestProperties properties() {
        TestProperties properties = TestProperties.of(redis);
        properties.setKeyPrefix(prefix);
        return properties;
    }

    @AfterEach
    void close() {
        timer.shutdownNow();
        operations.close();
        client.release();
    }

    private void start() {
        operations.connect();
        statistics.add(listener);
        statistics.join();
    }

    private static ServerStatus awaitServer(QueueAdmin asked) {
        return await().until(asked::servers, found -> found.size() == 1).get(0);
    }

    private ClaimedMessage claimed() {
        operations
                .send(List.of(new SendRequest("orders", "m1", "body".getBytes(StandardCharsets.UTF_8), 0)))
                .join();
        return operations
                .claim(new ClaimRequest("orders", 1, 60_000, 5, 1_000), listener.listener())
                .join()
                .messages()
                .get(0);
    }

    @Test
    void serverAndItsListenersAreDescribed() {
        start();

        ServerStatus server = awaitServer(admin);

        assertThat(server.id()).isEqualTo(operations.server());
        assertThat(server.host()).isNotEmpty();
        assertThat(server.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(server.alive()).isTrue();
        assertThat(server.stopped()).isFalse();
        assertThat(server.listeners())
                .containsExactly(new ServerStatus.Listener(
                        "Receipts.issue", "orders", 5, 0, null, 0, 0, 0, null, null, false, false, true));
    }

    @Test
    void failureOfALongAndStrangeReasonIsReported() {
        start();
        ClaimedMessage message = claimed();
        String reason = "\"quoted\" \\ Ü \ud83d\ude00 " + "x".repeat(5_000);
        listener.redelivered(message, 1, 0, reason);

        ServerStatus.Listener reported =
                await().until(() -> awaitServer(admin).listeners().get(0), found -> found.failed() == 1);

        assertThat(reported.lastFailure()).hasSize(500).startsWith("\"quoted\" \\ Ü \ud83d\ude00 xxx");
        assertThat(reported.lastFailureAt()).isNotNull();
    }

    @Test
    void stoppedServerIsMarkedAndItsListenersAreGone() {
        start();
        awaitServer(admin);

        listener.end();
        statistics.leave();

        ServerStatus server = admin.servers().get(0);
        assertThat(server.stopped()).isTrue();
        assertThat(server.alive()).isFalse();
        assertThat(server.listeners()).isEmpty();
    }

    @Test
    void serverStopsWhenItsLastUserLeaves() {
        start();
        statistics.join();
        awaitServer(admin);

        statistics.leave();
        assertThat(admin.servers().get(0).stopped()).isFalse();

        statistics.leave();
        assertThat(admin.servers().get(0).stopped()).isTrue();
    }

    private static long sum(List<Long> counts) {
        return counts.stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void historyCountsDeliveries() {
        start();
        ClaimedMessage message = claimed();
        listener.acknowledged(message, 1, null);
        listener.acknowledged(message, 1, null);
        statistics.receiving().redelivered(message, 1, 0, "why");

        await().untilAsserted(() -> {
            assertThat(sum(admin.history("orders", 3).delivered())).isEqualTo(2);
            assertThat(sum(admin.history("orders", 3).failed())).isEqualTo(1);
        });
        String key = (String) ((List<?>) redis.call("KEYS", prefix + ":{orders}:history:*")).get(0);
        assertThat((Long) redis.call("PTTL", key)).isBetween(172_000_000L, 172_800_000L);
    }

    @Test
    void everyThirdHeartbeatAndTheLastOneAddToTheHistory() {
        operations.connect();
        statistics.add(listener);
        Heartbeat heartbeat = new Heartbeat(client, operations, statistics);
        heartbeat.send(false).join();
        await("the heartbeat after the lookup of the host name").until(HeartbeatTest::hostNameIsKnown);
        await().pollDelay(Duration.ZERO).until(() -> deliveriesCountedAfter(heartbeat) > 0);

        assertThat(Stream.generate(() -> deliveriesCountedAfter(heartbeat)).limit(6))
                .containsExactly(0L, 0L, 3L, 0L, 0L, 3L);
        assertThat(deliveriesCountedAfter(heartbeat)).isZero();
        heartbeat.stop().join();
        assertThat(sum(admin.history("orders", 3).delivered())).isEqualTo(delivered);
    }

    private static boolean hostNameIsKnown() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("redis-queue-host"));
    }

    /** Delivers a message and sends a heartbeat. Returns the number of deliveries that it added to the history. */
    private long deliveriesCountedAfter(Heartbeat heartbeat) {
        long before = sum(admin.history("orders", 3).delivered());
        listener.acknowledged(StoredMessage.claimed(new byte[0]), 1, null);
        delivered++;
        heartbeat.send(false).join();
        return sum(admin.history("orders", 3).delivered()) - before;
    }

    @Test
    void queueThatWasSentToIsRegistered() {
        start();
        operations
                .send(List.of(new SendRequest("replies", "m1", new byte[1], 0)))
                .join();

        await().untilAsserted(() ->
                assertThat(admin.queues()).extracting(QueueStatus::name).contains("replies"));
    }

    @Test
    void lostRecordIsWrittenAgain() {
        start();
        awaitServer(admin);
        redis.call("DEL", prefix + ":{/}:server:" + operations.server());

        await().untilAsserted(
                        () -> assertThat(admin.servers().get(0).listeners()).hasSize(1));
    }

    @Test
    void heartbeatWithoutChangesWritesOnlyItsTime() {
        start();
        awaitServer(admin);
        redis.call("HSET", prefix + ":{/}:server:" + operations.server(), "listener:1", "{\"name\":\"kept\"}");
        long before = admin.servers().get(0).lastHeartbeat().toEpochMilli();

        await().until(() -> admin.servers().get(0).lastHeartbeat().toEpochMilli() > before + 100);

        assertThat(admin.servers().get(0).listeners().get(0).name()).isEqualTo("kept");
    }

    @Test
    void doesNotConnectByItself() {
        statistics.join();

        await().during(Duration.ofMillis(300)).until(() -> !client.isConnected());
    }

    @Test
    void userWithoutRightsDeliversNormallyAndIsWarnedOnce() {
        String user = "user-" + UUID.randomUUID();
        redis.call(
                "ACL",
                "SETUSER",
                user,
                "on",
                ">secret",
                "~" + prefix + ":{orders}:*",
                "~" + prefix + ":lane:*",
                "~" + prefix + ":queues",
                "+@all",
                "-bitfield");
        TestProperties properties = properties();
        properties.setUser(user);
        properties.setPassword("secret");
        RedisClient all = client;
        client = RedisClient.acquire(properties);
        QueueOperations known = operations;
        operations = new QueueOperations(client, timer);
        statistics = new ServerStatistics(client, operations, timer, INTERVAL);
        try (CapturedLog log = new CapturedLog()) {
            start();
            await().until(() -> log.lines().stream().anyMatch(line -> line.startsWith("RQ-206 ")));

            ClaimedMessage message = claimed();
            listener.acknowledged(message, 1, null);
            assertThat(operations
                            .acknowledge(List.of(message.lease()), List.of())
                            .join()
                            .lost())
                    .isEmpty();

            await().during(Duration.ofMillis(300)).until(() -> true);
            assertThat(log.lines())
                    .filteredOn(line -> line.startsWith("RQ-206 "))
                    .hasSize(1);
            assertThat(admin.servers()).isEmpty();
        } finally {
            redis.call("ACL", "DELUSER", user);
            known.close();
            all.release();
        }
    }
}
