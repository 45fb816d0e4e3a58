// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.app.Background;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.console.ConsoleUser;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.ServerProcess;
import org.redisqueue.launchers.server.OrderDeskServer;
import org.redisqueue.launchers.server.ServerUser;
import org.redisqueue.ra.testing.FaultyWire;
import org.redisqueue.ra.testing.TestRedis;

/** Kills a server with the order desk at critical moments and at random ones under load; the work is recovered automatically. */
class OrderDeskCrashIT {

    /** Tests that require recovery. One test without this tag shows whether the server recovers. */
    private static final String RECOVERING = "recovering";

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration OFTEN = Duration.ofMillis(100);
    private static final int KILLS = Integer.getInteger("order-desk.kills", 3);
    private static final int ALL = 1000;

    private static final Path DIRECTORY = Path.of("target", "order-desk").toAbsolutePath();
    private static final Path REPORT = Path.of("target", "order-desk-crashes.txt");

    private static final String PREPARE = Archives.script("prepare");
    private static final String COMMIT = Archives.script("commit");

    private static TestRedis redis;
    private static FaultyWire wire;
    private static OrderDeskServer server;
    private static OrderDeskClient desk;
    private static volatile ServerProcess running;

    private final Queue orders = new Queue(redis::call, "orders");
    private final Queue receipts = new Queue(redis::call, "receipts");

    @BeforeAll
    static void start() throws IOException {
        Files.deleteIfExists(REPORT);
        Files.createDirectories(DIRECTORY);
        redis = TestRedis.start("--appendonly", "yes", "--appendfsync", "always");
        wire = new FaultyWire(redis);
        int port = TestRedis.freePort();
        Path directory = Files.createTempDirectory(DIRECTORY, "").resolve("server");
        server = TestedServer.current().orderDesk(directory, port, URI.create(wire.address()));
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
    }

    private static void startServer() {
        try {
            running = server.start(EndWithJvm::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    @Tag("with-users")
    void consoleShowsTheQueuesToTheOperator() {
        ConsoleUser operator = new ConsoleUser(desk.address().resolve("/redis-queue/"), ServerUser.OPERATOR);

        assertThat(desk.get("/redis-queue/").statusCode()).isEqualTo(401);
        assertThat(operator.get("").statusCode()).isEqualTo(200);
        assertThat(operator.read("queues").asJsonArray().getValuesAs(JsonValue::asJsonObject))
                .extracting(queue -> queue.getString("name"))
                .contains("orders", "receipts");
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_DELIVERIES)
    void preparedUndecidedDeliveryIsRolledBackAndRedelivered() {
        String id = killedDelivering(wire::atReply, PREPARE);
        assertThat(orders.prepared()).hasSize(1);
        assertThat(orders.processing()).containsValue("inf");

        recover("delivery, prepared");

        assertThat(desk.isReceipted(id)).isTrue();
        assertThat(deliveries(id)).as("redelivered").isEqualTo(2);
    }

    @Test
    @Shows(Capability.RECOVERY_OF_DELIVERIES)
    void decidedDeliveryIsCommitted() {
        String id = killedDelivering(wire::atRequest, COMMIT);
        assertThat(orders.prepared()).hasSize(1);
        assertThat(orders.exists(id)).isTrue();
        assertThat(receipts.ready()).isEmpty();

        recover("delivery, decided");

        assertThat(desk.isReceipted(id)).isTrue();
        assertThat(deliveries(id)).as("not redelivered").isEqualTo(1);
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_DELIVERIES)
    void deliveryCommittedInRedisIsCommittedInTheDatabase() {
        String id = killedDelivering(wire::atReply, COMMIT);
        assertThat(orders.keysLike(orders.key("message:" + id))).isEmpty();
        assertThat(receipts.ready().size() + receipts.processing().size()).isEqualTo(1);

        recover("delivery, committed in Redis");

        assertThat(desk.isReceipted(id)).isTrue();
        assertThat(deliveries(id)).as("not redelivered").isEqualTo(1);
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_DELIVERIES)
    void decidedDeliveryIsCommittedWhenRedisComesBackWhileTheServerStarts() throws Exception {
        String id = killedDelivering(wire::atRequest, COMMIT);
        redis.kill();
        CompletableFuture<Void> start = Background.run(OrderDeskCrashIT::startServer);
        await("recovery waits or will be retried")
                .atMost(PATIENCE)
                .until(() -> recoversOnce() ? hasLogged("RQ-405") : start.isDone());

        redis.restart();

        start.get();
        awaitIdle();
        assertThat(desk.isReceipted(id)).isTrue();
        assertThat(deliveries(id)).as("not redelivered").isEqualTo(1);
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_DELIVERIES)
    void decidedDeliveryIsCommittedByTheNextStartAfterOneWithoutRedis() {
        String id = killedDelivering(wire::atRequest, COMMIT);
        redis.kill();
        startServer();
        await("recovery has ended or will be retried")
                .atMost(PATIENCE)
                .until(() -> !recoversOnce() || hasLogged("RQ-406"));
        redis.restart();
        running.kill();

        recover("delivery, decided, no Redis");

        assertThat(desk.isReceipted(id)).isTrue();
        assertThat(deliveries(id)).as("not redelivered").isEqualTo(1);
    }

    /** Whether the transaction manager is JTS, as on Payara and GlassFish, which recovers only at its start. */
    private static boolean recoversOnce() throws IOException {
        return hasLogged("JTS5014");
    }

    private static boolean hasLogged(String text) throws IOException {
        return Files.readString(server.log()).contains(text);
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_SENDING)
    void preparedUndecidedOrderIsNotPlaced() {
        String item = killedOrdering(wire::atReply, PREPARE);
        assertThat(orders.prepared()).hasSize(1);

        recover("order, prepared");

        assertThat(statusesOf(item)).isEmpty();
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_SENDING)
    void decidedOrderIsPlaced() {
        String item = killedOrdering(wire::atRequest, COMMIT);
        assertThat(orders.prepared()).hasSize(1);
        assertThat(orders.ready()).isEmpty();

        recover("order, decided");

        assertThat(statusesOf(item)).containsExactly("RECEIPTED");
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.ORDER_DESK_KILLED)
    void ordersAreNeitherLostNorRepeatedHoweverOftenTheServerIsKilled() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (OrderLoad load = new OrderLoad(desk, this::push)) {
            for (int kill = 0; kill < KILLS; kill++) {
                int more = 1 + random.nextInt(30);
                long wanted = load.accepted().size() + more;
                await("more orders are accepted")
                        .atMost(PATIENCE)
                        .until(() -> load.accepted().size() >= wanted);
                running.kill();
                startServer();
            }
            long wanted = load.accepted().size() + 1;
            await("orders are accepted again")
                    .atMost(PATIENCE)
                    .until(() -> load.accepted().size() >= wanted);
            load.end();
            awaitIdle();
            assertThat(load.accepted()).as("accepted orders").isNotEmpty().hasSizeLessThan(ALL);
            assertThat(load.accepted()).allMatch(desk::isReceipted);
            report("%d kills (seed %d), %d orders accepted and receipted"
                    .formatted(KILLS, seed, load.accepted().size()));
        }
        assertThat(desk.latest(ALL))
                .as("all orders")
                .allSatisfy(order -> assertThat(order.getString("status")).isEqualTo("RECEIPTED"));
    }

    private String push() {
        return orders.push("{\"item\":\"pen\",\"quantity\":1}");
    }

    /** Kills the server during the delivery of an order that another program has sent, and returns the id of the order. */
    private String killedDelivering(BiConsumer<String, Runnable> moment, String script) {
        String[] id = new String[1];
        kill(moment, script, () -> id[0] = push());
        return id[0];
    }

    /** Kills the server while it places an order, and returns the ordered item. */
    private String killedOrdering(BiConsumer<String, Runnable> moment, String script) {
        String item = "cup " + UUID.randomUUID();
        kill(moment, script, () -> {
            try {
                assertThat(desk.order(item)).as("response of a killed server").isEmpty();
            } catch (UncheckedIOException e) {
                assertThat(e).as("no response").hasMessageNotContaining("timed out");
            }
        });
        return item;
    }

    private void kill(BiConsumer<String, Runnable> moment, String script, Runnable cause) {
        CountDownLatch killed = new CountDownLatch(1);
        moment.accept(script, () -> {
            running.kill();
            killed.countDown();
        });
        cause.run();
        await("the server is killed").atMost(PATIENCE).until(() -> killed.getCount() == 0);
    }

    private void recover(String what) {
        long killed = System.nanoTime();
        startServer();
        long started = System.nanoTime();
        awaitIdle();
        long recovered = System.nanoTime();
        report("%-28s started after %4.1f s, recovered after %4.1f s"
                .formatted(what, (started - killed) / 1e9, (recovered - killed) / 1e9));
    }

    /** Waits until no message is in a queue or a dead letter. */
    private void awaitIdle() {
        await("all is settled")
                .atMost(PATIENCE)
                .pollInterval(OFTEN)
                .untilAsserted(() -> assertThat(Stream.of(orders, receipts).flatMap(queue -> queue.keys().stream()))
                        .isEmpty());
    }

    private static int deliveries(String id) {
        return desk.json("/orders/" + id).asJsonObject().getInt("deliveries");
    }

    private static List<String> statusesOf(String item) {
        return desk.latest(ALL).stream()
                .filter(order -> order.getString("item").equals(item))
                .map(order -> order.getString("status"))
                .toList();
    }

    private static void report(String line) {
        try {
            Files.writeString(REPORT, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
