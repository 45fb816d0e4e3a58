// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.resource.ResourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.testing.ThrowingEndpoint;
import org.redisqueue.ra.transaction.ResourceManager;

/** A server with a thousand listeners for as many queues, which share a pool of 64 connections. */
@Tag("alone")
class ManyQueuesTest {

    private static final int QUEUES = 1_000;
    private static final int SECONDS = 10;
    private static final int MAX_CALLS_PER_SECOND = 250;
    private static final int MESSAGES = 200;
    private static final Duration LONG = Duration.ofSeconds(60);

    private final TestRedis redis = TestRedis.start();
    private final FakeContainer container = new FakeContainer(true, message -> {});
    private final RedisResourceAdapter adapter = new RedisResourceAdapter();
    private final ResourceManager manager = ResourceManager.acquire(TestProperties.of(redis));
    private final Set<String> delivered = ConcurrentHashMap.newKeySet();

    @AfterEach
    void stop() {
        adapter.stop();
        manager.release();
        container.close();
        redis.close();
    }

    private void activateAll() throws ResourceException {
        adapter.setAddresses(redis.address());
        adapter.start(container);
        ThrowingEndpoint endpoint = delivery -> delivered.add(delivery.message().id());
        for (int i = 0; i < QUEUES; i++) {
            Map<String, String> properties = Map.of("queue", "many-" + i);
            adapter.activate(adapter, "Test.listener" + i, properties, false, false, endpoint);
        }
    }

    /** The number of calls that clients have made, other than those of this test. */
    private long calls() {
        return ((String) redis.call("INFO", "commandstats"))
                .lines()
                .filter(line -> line.startsWith("cmdstat_eval") || line.startsWith("cmdstat_blmove"))
                .mapToLong(line -> Long.parseLong(line.replaceAll(".*:calls=(\\d+).*", "$1")))
                .sum();
    }

    private double callsPerSecond() {
        long before = calls();
        long start = System.nanoTime();
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(SECONDS));
        return (calls() - before) * 1e9 / (System.nanoTime() - start);
    }

    @Test
    void idleListenersCauseFewCallsAndDoNotDelayCommits() throws ResourceException {
        try (CapturedLog log = new CapturedLog()) {
            activateAll();
            await().atMost(LONG).until(() -> redis.call("SCARD", "rq:queues").equals((long) QUEUES));
            await("idle listeners").atMost(LONG).until(() -> callsPerSecond() < MAX_CALLS_PER_SECOND);
            assertThat(log.lines()).anyMatch(line -> line.startsWith("RQ-320"));
        }
        double idle = callsPerSecond();

        List<Long> sends = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            String id = QueueOperations.newId();
            SendRequest message = new SendRequest("many-" + i * QUEUES / MESSAGES, id, new byte[1], 0);
            long start = System.nanoTime();
            manager.operations().send(List.of(message)).join();
            sends.add(System.nanoTime() - start);
        }
        Collections.sort(sends);
        long slow = sends.get(MESSAGES * 9 / 10);
        long start = System.nanoTime();
        await().atMost(LONG).until(() -> delivered.size() == MESSAGES);

        System.out.printf(
                "%d idle queues: %.1f calls per second; 90%% of %d sends within %.1f ms; all delivered within %.1f s%n",
                QUEUES, idle, MESSAGES, slow / 1e6, (System.nanoTime() - start) / 1e9);
        assertThat(idle).isLessThan(MAX_CALLS_PER_SECOND);
        assertThat(TimeUnit.NANOSECONDS.toMillis(slow)).isLessThan(500);
    }
}
