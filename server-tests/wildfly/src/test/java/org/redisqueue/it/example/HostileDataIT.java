// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.ServerProcess;
import org.redisqueue.launchers.redis.RedisAddress;
import org.redisqueue.launchers.server.OrderDeskServer;
import org.redisqueue.ra.testing.TestRedis;

/**
 * The order desk, with a heap of 512 MB, tolerates hostile data in its Redis: it continues to process orders, Redis responds,
 * and no unrelated message is lost. All tests share one server.
 */
@Tag("alone") // measures
class HostileDataIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final int MEGABYTE = 1_000_000;
    private static final String ORDER = "{\"item\":\"pen\",\"quantity\":1}";
    private static final Path DIRECTORY = Path.of("target", "hostile-data").toAbsolutePath();

    private static TestRedis redis;
    private static OrderDeskServer server;
    private static OrderDeskClient desk;
    private static ServerProcess running;
    private static boolean healthy;

    private final Queue orders = new Queue(redis::call, "orders");
    private final Queue receipts = new Queue(redis::call, "receipts");

    /** The orders of this test. */
    private final List<String> placed = new ArrayList<>();

    @BeforeAll
    static void start() throws IOException {
        Files.createDirectories(DIRECTORY);
        redis = TestRedis.start();
        int port = TestRedis.freePort();
        Path directory = Files.createTempDirectory(DIRECTORY, "").resolve("server");
        server = TestedServer.current().orderDesk(directory, port, RedisAddress.of(URI.create(redis.address())));
        desk = new OrderDeskClient(URI.create("http://127.0.0.1:" + port));
    }

    @AfterAll
    static void stop() {
        if (running != null) {
            running.close();
        }
        if (redis != null) {
            redis.close();
        }
    }

    /** Deletes the data of previous tests, and replaces a server that has died. */
    @BeforeEach
    void startWithAnOrder() throws Exception {
        if (!healthy && running != null) {
            running.kill();
        }
        redis.call("SREM", "rq:queues", "foreign");
        orders.keysLike("rq:{*").stream()
                .filter(key -> !key.endsWith("}:bindings")) // which the server has made when it started
                .forEach(key -> redis.call("UNLINK", key));
        if (!healthy) {
            running = server.start(EndWithJvm::add);
        }
        healthy = false;
        assertOrderGetsReceipt("with an empty Redis");
    }

    @Test
    void serverHas512Megabytes() {
        String command = ProcessHandle.of(running.pid())
                .flatMap(process -> process.info().commandLine())
                .orElseThrow();
        assertThat(command).contains(" -Xmx512m ");
        healthy = true;
    }

    @Test
    void nonNumericCountsDoNotAffectOtherMessages() {
        try (RedisWatch watch = RedisWatch.of(redis)) {
            List<String> ids =
                    IntStream.rangeClosed(1, 15).mapToObj(n -> "due-" + n).toList();
            List<Object[]> commands = new ArrayList<>();
            commands.add(new Object[] {"MULTI"});
            commands.add(new Object[] {"HSET", orders.key("failures"), ids.get(0), "abc"});
            commands.add(new Object[] {"HSET", orders.key("abandoned"), ids.get(1), "xyz"});
            for (String id : ids) {
                commands.add(new Object[] {"SET", orders.key("message:" + id), ORDER});
                commands.add(new Object[] {"ZADD", orders.key("processing"), "1", id + " deadbeef"});
            }
            commands.add(new Object[] {"EXEC"});
            redis.callAll(commands);
            placed.addAll(ids);

            assertOrderGetsReceipt("after due messages with broken counts");
            await("all due messages are receipted")
                    .atMost(PATIENCE)
                    .until(() -> ids.stream().allMatch(desk::isReceipted));
            survived(watch);
        }
    }

    @Test
    void idOf24MegabytesDoesNotStopDelivery() {
        try (RedisWatch watch = RedisWatch.of(redis)) {
            String other = orders.push(ORDER);
            placed.add(other);
            redis.call("LPUSH", orders.key("ready"), "x".repeat(24 * MEGABYTE));

            assertOrderGetsReceipt("after an id of 24 MB");
            await(other).atMost(PATIENCE).until(() -> desk.isReceipted(other));
            survived(watch);
        }
    }

    @Test
    void headersOf10MegabytesDoNotStopDelivery() {
        StringBuilder headers = new StringBuilder("RQ/1\r\n");
        for (int i = 0; headers.length() < 10 * MEGABYTE; i++) {
            headers.append("Header-").append(i).append(": value\r\n");
        }
        byte[] value = headers.append("\r\n").append(ORDER).toString().getBytes();
        afterHostileValues(20, value, "after headers of 10 MB");
    }

    @Test
    void valuesOf20MegabytesDoNotStopDelivery() {
        afterHostileValues(20, new byte[20 * MEGABYTE], "after values of 20 MB");
    }

    @Test
    void preparedKeyOfTheWrongTypeDoesNotAffectOtherQueues() {
        try (RedisWatch watch = RedisWatch.of(redis)) {
            redis.call("SADD", "rq:queues", "foreign");
            redis.call("SET", "rq:{foreign}:prepared", "no hash");

            assertOrderGetsReceipt("after a prepared key of the wrong type");
            survived(watch);
            assertThat(redis.call("GET", "rq:{foreign}:prepared")).isEqualTo("no hash");
        }
    }

    private void afterHostileValues(int count, byte[] value, String moment) {
        try (RedisWatch watch = RedisWatch.of(redis)) {
            List<String> others = new ArrayList<>();
            List<String> hostile = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                hostile.add("hostile-" + i);
                orders.push("hostile-" + i, value);
                others.add(orders.push(ORDER));
            }

            assertOrderGetsReceipt(moment);
            placed.addAll(others);
            await("all other messages are receipted")
                    .atMost(PATIENCE)
                    .until(() -> others.stream().allMatch(desk::isReceipted));
            await("all hostile values are settled")
                    .atMost(PATIENCE)
                    .until(() -> orders.ready().isEmpty() && orders.processing().isEmpty());
            assertThat(hostile).as("messages that may be dead letters").containsAll(orders.dead());
            survived(watch);
        }
    }

    private void assertOrderGetsReceipt(String moment) {
        String id = await("an order is accepted " + moment)
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> desk.order("book"), answer -> answer.isPresent())
                .orElseThrow();
        placed.add(id);
        await("an order is receipted " + moment)
                .atMost(PATIENCE)
                .ignoreExceptionsInstanceOf(UncheckedIOException.class)
                .until(() -> desk.isReceipted(id) && receipts.isIdle());
    }

    private void survived(RedisWatch watch) {
        assertThat(receipts.dead()).as("dead letters among the receipts").isEmpty();
        await("no receipt is in flight").atMost(PATIENCE).until(receipts::isIdle);
        assertThat(placed).as("all orders").allMatch(desk::isReceipted);
        List<String> dead = orders.dead();
        assertThat(placed.stream().filter(dead::contains))
                .as("dead letters among the orders")
                .isEmpty();
        assertThat(running.isAlive()).as("the server is alive").isTrue();
        assertThat(watch.longest()).as("the longest response time of PING").isLessThan(ANSWER);
    }
}
