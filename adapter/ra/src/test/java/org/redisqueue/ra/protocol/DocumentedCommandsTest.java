// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.admin.AdminClient;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/**
 * The users in the documentation may do what they need, and nothing else. With {@code -Dredisqueue.update=true}, writes
 * the rights of the users to the documentation.
 */
class DocumentedCommandsTest {

    private static final Path DOCUMENTATION = Path.of("../../docs");
    private static final Path OPERATIONS = DOCUMENTATION.resolve("operations.md");
    private static final List<String> CONNECTING = List.of("ping", "info", "client|setname", "script|load", "evalsha");

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```[\\w-]*\\n(.*?)^```$");

    private static TestRedis redis;

    @BeforeAll
    static void startRedis() {
        redis = TestRedis.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void empty() {
        redis.call("FLUSHALL");
    }

    @Test
    void usersHaveExactlyTheRightsThatTheyNeed() throws IOException {
        Set<String> sender = new TreeSet<>(CommandRights.senderCommands());
        sender.addAll(HeartbeatOperations.commands());
        Set<String> consumer = new TreeSet<>(sender);
        consumer.addAll(CommandRights.consumerCommands());
        Set<String> console = new TreeSet<>(consumer);
        console.addAll(CommandRights.operatorCommands());
        String text = Files.readString(OPERATIONS);
        String expected = withRights(text, "shop", consumer);
        expected = withRights(expected, "shop-web", sender);
        expected = withRights(expected, "shop-console", console);
        expected = withRights(expected, "shop-operator", CommandRights.commandLineCommands());
        if (Boolean.getBoolean("redisqueue.update")) {
            Files.writeString(OPERATIONS, expected);
        }
        assertThat(Files.readString(OPERATIONS)).isEqualTo(expected);
    }

    private static String withRights(String text, String user, Set<String> commands) {
        StringBuilder rights = new StringBuilder(" -@all");
        CONNECTING.forEach(command -> rights.append(command.contains("|") ? " '+" + command + "'" : " +" + command));
        commands.forEach(command -> rights.append(" +").append(command));
        return text.replaceFirst("(?m)^(redis-cli ACL SETUSER " + user + " .*?) -@all.*$", "$1" + rights);
    }

    private static void create(String user) {
        redis.call("ACL", "DELUSER", user);
        redis.call((Object[]) acl(user));
    }

    private static String[] acl(String user) {
        try {
            return Files.readString(OPERATIONS)
                    .lines()
                    .filter(line -> line.startsWith("redis-cli ACL SETUSER " + user + " "))
                    .findFirst()
                    .map(DocumentedCommandsTest::words)
                    .map(words -> words.subList(1, words.size()).toArray(String[]::new))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // What an operator does

    @ParameterizedTest
    @ValueSource(strings = {"shop-operator", "shop-console"})
    void operatorMayUseAllOperations(String user) {
        create(user);
        fill();
        TestProperties properties = TestProperties.of(redis);
        properties.setUser(user);
        properties.setPassword("a-password");
        try (AdminClient client = AdminClient.of(properties)) {
            useAllOperations(client.admin());
        }
        assertThat(redis.call("SMEMBERS", "rq:queues")).isEqualTo(List.of());
    }

    private static void fill() {
        redis.call("SADD", "rq:queues", "orders");
        for (String id : List.of("letter1", "letter2", "letter3", "ready1", "ready2", "held", "doubted1", "orphan")) {
            redis.call("SET", "rq:{orders}:message:" + id, "RQ/1\r\nk: v\r\n\r\na book");
        }
        for (String id : List.of("letter1", "letter2", "letter3")) {
            redis.call("ZADD", "rq:{orders}:dead", "1", id);
            redis.call("HSET", "rq:{orders}:errors", id, "{\"deliveries\":2,\"reason\":\"failed\"}");
        }
        redis.call("LPUSH", "rq:{orders}:ready", "ready1", "ready2", "ready2");
        redis.call("ZADD", "rq:{orders}:processing", "4102444800000", "held 0123456789.1.kf12oi00.x");
        for (int i = 1; i <= 3; i++) {
            redis.call("SET", "rq:{orders}:message:doubted" + i, "a book");
            redis.call("ZADD", "rq:{orders}:processing", "inf", "doubted" + i + " t");
            redis.call("SET", "rq:{orders}:staged:00020005-aa-0" + i + ":sent" + i, "a book");
            redis.call(
                    "HSET",
                    "rq:{orders}:prepared",
                    "00020005-aa-0" + i,
                    "{\"time\":1000,\"consumed\":[[\"orders\",\"doubted" + i + "\",\"t\"]],\"sent\":[[\"orders\",\"sent"
                            + i + "\",0]]}");
        }
        redis.call("HSET", "rq:{/}:server:0123456789", "info", "{\"host\":\"app-1\"}");
        redis.call("ZADD", "rq:{/}:servers", "1000", "0123456789");
    }

    private static void useAllOperations(QueueAdmin admin) {
        assertThat(admin.queues()).hasSize(1);
        admin.history("orders", 60);
        for (Place place : Place.values()) {
            admin.browse("orders", place, null, 10);
        }
        assertThat(admin.message("orders", "held").orElseThrow().summary().holder())
                .isNotNull();
        assertThat(admin.servers()).hasSize(1);
        String version = admin.message("orders", "letter1").orElseThrow().version();
        admin.editBody("orders", "letter1", "a good book", version);
        admin.pause("orders", Duration.ofMinutes(1));
        admin.pause("orders", null);
        admin.resume("orders");
        admin.repair(admin.check(null, Duration.ZERO).findings());
        admin.deleteMessage("orders", "ready1");
        await(admin, admin.requeueDeadLetters("orders", MessageSelection.ids(List.of("letter1"))));
        await(admin, admin.move("orders", Place.DEAD, MessageSelection.all().header("k", "v"), "other"));
        await(admin, admin.move("other", Place.READY, MessageSelection.all(), "orders"));
        await(admin, admin.deleteDeadLetters("orders", MessageSelection.all().reasonContains("failed")));
        assertThat(admin.inDoubt()).hasSize(3);
        admin.decide("00020005-aa-01", Decision.COMMIT, false);
        admin.decide("00020005-aa-02", Decision.ROLLBACK, false);
        admin.decide("00020005-aa-03", Decision.FORGET, false);
        await(admin, admin.purge("orders"));
        redis.call("ZREM", "rq:{orders}:processing", "held 0123456789.1.kf12oi00.x");
        await(admin, admin.deleteQueue("orders"));
        await(admin, admin.deleteQueue("other"));
        assertThat(admin.audit(null, 100)).hasSizeGreaterThan(10);
    }

    private static void await(QueueAdmin admin, Job started) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> admin.job(started.id()).orElseThrow().state(), state -> state != Job.State.RUNNING);
        assertThat(admin.job(started.id()).orElseThrow().failure()).isNull();
    }

    // What a producer does

    @Test
    void producerMayOnlySendToItsQueue() throws IOException {
        create("shop-producer");
        String commands = BLOCK.matcher(Files.readString(DOCUMENTATION.resolve("protocol.md")))
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.startsWith("redis-cli") && block.contains("MULTI"))
                .findFirst()
                .orElseThrow();
        try (RespConnection producer = redis.connect()) {
            producer.call("AUTH", "shop-producer", "a-password");
            commands.lines()
                    .skip(1)
                    .takeWhile(line -> !line.equals("END"))
                    .forEach(line -> producer.call(words(line).toArray()));
            assertThat(redis.call("LRANGE", "rq:{orders}:ready", "0", "-1")).isEqualTo(List.of("0001"));
            assertThat(redis.call("GET", "rq:{orders}:message:0001")).isEqualTo("a book");

            for (List<String> call : List.of(
                    List.of("GET", "rq:{orders}:message:0001"),
                    List.of("LRANGE", "rq:{orders}:ready", "0", "-1"),
                    List.of("DEL", "rq:{orders}:ready"),
                    List.of("EVAL", "return 1", "0"),
                    List.of("LPUSH", "rq:{other}:ready", "x"),
                    List.of("SET", "rq:{orders}:paused", ""))) {
                assertThatThrownBy(() -> producer.call(call.toArray()))
                        .as(call.toString())
                        .hasMessageStartingWith("NOPERM");
            }
        }
    }

    private static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)")
                .matcher(line)
                .results()
                .forEach(word -> words.add(Stream.of(1, 2, 3)
                        .map(word::group)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .orElseThrow()));
        return words;
    }
}
