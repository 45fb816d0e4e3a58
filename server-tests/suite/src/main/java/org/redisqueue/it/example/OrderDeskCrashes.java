// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.ServerProcess;
import org.redisqueue.launchers.redis.RedisAddress;
import org.redisqueue.launchers.server.OrderDeskServer;
import org.redisqueue.ra.testing.FaultyWire;
import org.redisqueue.ra.testing.TestRedis;

/** Kills a server with the order desk, and waits until it has recovered. */
abstract class OrderDeskCrashes {

    /** Tests that require recovery. One test without this tag shows whether the server recovers. */
    static final String RECOVERING = "recovering";

    static final Duration PATIENCE = Duration.ofSeconds(90);
    static final Duration OFTEN = Duration.ofMillis(100);
    static final int ALL = 1000;

    static final Path DIRECTORY = Path.of("target", "order-desk").toAbsolutePath();

    static final String COMMIT = Archives.script("commit");

    static TestRedis redis;
    static FaultyWire wire;
    static OrderDeskServer server;
    static OrderDeskClient desk;
    static volatile ServerProcess running;
    private static Path report;

    final Queue orders = new Queue(redis::call, "orders");
    final Queue receipts = new Queue(redis::call, "receipts");
    final Queue statistics = new Queue(redis::call, "statistics");

    @BeforeAll
    static void start(TestInfo test) throws IOException {
        report = Path.of("target", test.getTestClass().orElseThrow().getSimpleName() + ".txt");
        Files.deleteIfExists(report);
        Files.createDirectories(DIRECTORY);
        redis = TestRedis.start("--appendonly", "yes", "--appendfsync", "always");
        wire = new FaultyWire(redis);
        int port = TestRedis.freePort();
        Path directory = Files.createTempDirectory(DIRECTORY, "").resolve("server");
        server = TestedServer.current().orderDesk(directory, port, RedisAddress.of(URI.create(wire.address())));
        desk = new OrderDeskClient(URI.create("http://127.0.0.1:" + port));
        startServer();
        String id = desk.order("book").orElseThrow();
        await("an order is receipted, and Redis has loaded all scripts")
                .atMost(PATIENCE)
                .until(() -> desk.isReceipted(id));
    }

    @AfterAll
    static void stop() {
        if (running != null) {
            running.close();
        }
        if (redis != null) {
            wire.close();
            redis.close();
        }
    }

    /** A failed test may leave a dead server. */
    @BeforeEach
    void startAgain() {
        wire.disarm();
        if (!running.isAlive()) {
            startServer();
        }
        awaitIdle();
    }

    static void startServer() {
        try {
            running = server.start(EndWithJvm::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    String push() {
        return orders.push("{\"item\":\"pen\",\"quantity\":1}");
    }

    /** Kills the server during the delivery of an order that another program has sent, and returns the id of the order. */
    String killedDelivering(BiConsumer<String, Runnable> moment, String script) {
        String[] id = new String[1];
        kill(moment, script, () -> id[0] = push());
        return id[0];
    }

    void kill(BiConsumer<String, Runnable> moment, String script, Runnable cause) {
        CountDownLatch killed = new CountDownLatch(1);
        moment.accept(script, () -> {
            running.kill();
            killed.countDown();
        });
        cause.run();
        await("the server is killed").atMost(PATIENCE).until(() -> killed.getCount() == 0);
    }

    void recover(String what) {
        long killed = System.nanoTime();
        startServer();
        long started = System.nanoTime();
        awaitIdle();
        long recovered = System.nanoTime();
        report("%-28s started after %4.1f s, recovered after %4.1f s"
                .formatted(what, (started - killed) / 1e9, (recovered - killed) / 1e9));
    }

    /** Waits until no message is in a queue or a dead letter. */
    void awaitIdle() {
        await("all is settled")
                .atMost(PATIENCE)
                .pollInterval(OFTEN)
                .untilAsserted(() -> assertThat(
                                Stream.of(orders, receipts, statistics).flatMap(queue -> queue.keys().stream()))
                        .isEmpty());
    }

    /** Waits until an order is receipted: recovery may end the branch of the database after that of Redis. */
    static void awaitReceipted(String id) {
        await("order " + id + " is receipted").atMost(PATIENCE).until(() -> desk.isReceipted(id));
    }

    static int deliveries(String id) {
        return desk.json("/orders/" + id).asJsonObject().getInt("deliveries");
    }

    static void report(String line) {
        try {
            Files.writeString(report, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
