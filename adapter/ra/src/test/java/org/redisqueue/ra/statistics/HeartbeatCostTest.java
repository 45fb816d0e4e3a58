// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.ra.admin.RedisQueueAdmin;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** The processor time that Redis spends on heartbeats. */
@Tag("alone")
class HeartbeatCostTest {

    private static final int SERVERS = 100;
    private static final int QUEUES = 100;
    private static final int ROUNDS = 10;
    private static final int INTERVAL_SECONDS = 5;

    private final TestRedis redis = TestRedis.start();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final RedisClient client = RedisClient.acquire(TestProperties.of(redis));
    private final List<Server> servers =
            IntStream.range(0, SERVERS).mapToObj(i -> new Server()).toList();

    /** A server with one listener per queue. */
    private final class Server {

        private final QueueOperations operations = new QueueOperations(client, timer);
        private final ServerStatistics statistics =
                new ServerStatistics(client, operations, timer, Duration.ofSeconds(INTERVAL_SECONDS));
        private final Heartbeat heartbeat = new Heartbeat(client, operations, statistics);
        private final List<ListenerStatistics> listeners = new ArrayList<>();

        Server() {
            for (int i = 0; i < QUEUES; i++) {
                ListenerStatistics listener = statistics.newListener("Receipts.issue", "queue-" + i, 15);
                listeners.add(listener);
                statistics.add(listener);
            }
        }

        /** Delivers a message in each queue, so that all figures of the heartbeat change, and sends it. */
        CompletableFuture<Void> beat() {
            ClaimedMessage message = StoredMessage.claimed(new byte[0]);
            listeners.forEach(listener -> listener.acknowledged(message, 1, null));
            return heartbeat.send(false);
        }
    }

    @AfterEach
    void close() {
        timer.shutdownNow();
        servers.forEach(server -> server.operations.close());
        client.release();
        redis.close();
    }

    private void beatAll() {
        CompletableFuture.allOf(servers.stream().map(Server::beat).toArray(CompletableFuture<?>[]::new))
                .join();
    }

    private List<ServerStatus> reported() {
        return RedisQueueAdmin.of(servers.get(0).operations).servers();
    }

    /** Measures what one heartbeat of each server costs. Caches that other processes use as well can only increase it. */
    private double secondsPerRound() {
        double before = processorSeconds();
        for (int i = 0; i < ROUNDS; i++) {
            beatAll();
        }
        return (processorSeconds() - before) / ROUNDS;
    }

    private double processorSeconds() {
        return ((String) redis.call("INFO", "cpu"))
                .lines()
                .filter(line -> line.startsWith("used_cpu_user:") || line.startsWith("used_cpu_sys:"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(':') + 1)))
                .sum();
    }

    @Test
    void heartbeatsOfAHundredServersWithAHundredBusyQueuesTakeLessThanAHundredthOfAProcessor() {
        servers.get(0).operations.connect();
        await().until(() -> {
            beatAll();
            return reported().size() == SERVERS;
        });

        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(
                        () -> assertThat(secondsPerRound() / INTERVAL_SECONDS).isLessThan(0.01));
        assertThat(reported())
                .allSatisfy(server -> assertThat(server.listeners()).hasSize(QUEUES));
    }
}
