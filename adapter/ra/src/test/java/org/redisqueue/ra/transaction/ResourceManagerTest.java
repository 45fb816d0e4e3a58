// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

class ResourceManagerTest {

    private static final Duration LONG = Duration.ofSeconds(60);

    @Test
    void lastReleaseEndsTheWaitsForMessages() {
        TestProperties properties = TestProperties.of(TestRedis.shared());
        properties.setClientName("with-waits");
        ResourceManager manager = ResourceManager.acquire(properties);
        List<CompletableFuture<Boolean>> waits = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waits.add(manager.operations().waits().awaitReady("test." + UUID.randomUUID(), LONG));
        }
        await().until(() -> blocked(properties.getClientName()) == waits.size());

        manager.release();

        assertThat(waits)
                .allSatisfy(wait -> assertThatThrownBy(() -> wait.get(10, TimeUnit.SECONDS))
                        .hasCauseInstanceOf(RedisCallException.class)
                        .hasMessageContaining("is closed"));
    }

    @Test
    void closingTheClientReleasesAllThreadsThatWaitForIt() throws InterruptedException {
        try (TestRedis redis = TestRedis.start()) {
            ResourceManager manager = ResourceManager.acquire(TestProperties.of(redis));
            String queue = "test." + UUID.randomUUID();
            manager.operations().inspect(queue, 0).join();
            redis.freeze();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String id = "m" + i;
                Thread thread = new Thread(() -> {
                    try {
                        if (id.endsWith("0")) {
                            manager.operations().inspect(queue, 0).join();
                        } else {
                            manager.operations()
                                    .send(List.of(new SendRequest(queue, id, new byte[1], 0)))
                                    .join();
                        }
                    } catch (RuntimeException e) {
                        return; // as expected
                    }
                });
                thread.setDaemon(true);
                thread.start();
                threads.add(thread);
            }
            await().until(() -> threads.stream()
                    .allMatch(thread -> thread.getState() == Thread.State.WAITING
                            || thread.getState() == Thread.State.TIMED_WAITING));

            manager.release();

            for (Thread thread : threads) {
                thread.join(10_000);
            }
            assertThat(threads).noneMatch(Thread::isAlive);
            redis.thaw();
        }
    }

    private static long blocked(String clientName) {
        return ((String) TestRedis.shared().call("CLIENT", "LIST"))
                .lines()
                .filter(client -> client.contains(" name=" + clientName + " ") && client.contains(" flags=b "))
                .count();
    }
}
