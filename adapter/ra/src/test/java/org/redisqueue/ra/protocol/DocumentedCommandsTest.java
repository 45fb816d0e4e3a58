// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.RespConnection.ErrorReply;
import org.redisqueue.ra.testing.TestRedis;

/**
 * Runs the commands of the documentation in a shell, as the documented users. With {@code -Dredisqueue.update=true},
 * writes the rights of the users to the documentation.
 */
class DocumentedCommandsTest {

    private static final Path DOCUMENTATION = Path.of("../../docs");
    private static final Path OPERATIONS = DOCUMENTATION.resolve("operations.md");
    private static final List<String> CONNECTING = List.of("ping", "info", "client|setname", "script|load", "evalsha");

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\w*\\n(.*?)^```$");
    private static final Pattern SCRIPT_CALL = Pattern.compile("redis\\.call\\('([A-Z]+)'");

    /** Writes its arguments and its input into a directory for each call. */
    private static final String STUB = """
            #!/bin/sh
            n=0
            while ! mkdir "$RECORDS/$n" 2>/dev/null; do n=$((n + 1)); done
            for word in "$@"; do printf '%s\\0' "$word"; done > "$RECORDS/$n/words"
            cat > "$RECORDS/$n/input"
            """;

    /** Ids that a shell, redis-cli or a script could misunderstand. */
    private static final List<String> HOSTILE_IDS = List.of(
            "$(touch${IFS}canary)",
            "`touch${IFS}canary`",
            "';touch${IFS}canary;'",
            "\";touch${IFS}canary;\"",
            "\\\\\"'",
            "--help",
            "-n",
            "*",
            "%S+",
            "..]])",
            "END",
            "{other}",
            "~!#&|<>?");

    private static TestRedis redis;

    @TempDir
    Path directory;

    @BeforeAll
    static void startRedis() {
        redis = TestRedis.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    @BeforeEach
    void fill() {
        redis.call("FLUSHALL");
        Stream.concat(Stream.of("0002"), HOSTILE_IDS.stream()).forEach(id -> {
            redis.call("SET", "rq:{orders}:message:" + id, "a book");
            redis.call("ZADD", "rq:{orders}:dead", "1", id);
            redis.call("HSET", "rq:{orders}:errors", id, "{\"deliveries\":2,\"reason\":\"failed\"}");
        });
        redis.call("SADD", "rq:queues", "orders", "other");
        redis.call("HSET", "rq:{orders}:prepared", "branch", "{}");
        redis.call("LPUSH", "rq:{other}:ready", "kept");
    }

    // The users

    @Test
    void usersHaveExactlyTheRightsThatTheyNeed() throws IOException {
        Set<String> sender = new TreeSet<>(CommandRights.senderCommands());
        sender.addAll(HeartbeatOperations.commands());
        sender.remove("zrange"); // only forgets servers that died long ago
        Set<String> consumer = new TreeSet<>(sender);
        consumer.addAll(CommandRights.consumerCommands());
        Set<String> operator = new TreeSet<>();
        for (String block : blocks()) {
            SCRIPT_CALL
                    .matcher(block)
                    .results()
                    .forEach(call -> operator.add(call.group(1).toLowerCase(Locale.ROOT)));
            run(block).forEach(call -> operator.add(call.get(0).toLowerCase(Locale.ROOT)));
        }
        String text = Files.readString(OPERATIONS);
        String expected = withRights(text, "shop", CONNECTING, consumer);
        expected = withRights(expected, "shop-web", CONNECTING, sender);
        expected = withRights(expected, "shop-operator", List.of(), operator);
        if (Boolean.getBoolean("redisqueue.update")) {
            Files.writeString(OPERATIONS, expected);
        }
        assertThat(Files.readString(OPERATIONS)).isEqualTo(expected);
    }

    private static String withRights(String text, String user, List<String> first, Set<String> sorted) {
        StringBuilder rights = new StringBuilder(" -@all");
        first.forEach(command -> rights.append(" +").append(command));
        sorted.forEach(command -> rights.append(" +").append(command));
        return text.replaceFirst("(?m)^(ACL SETUSER " + user + " .*?) -@all.*$", "$1" + rights);
    }

    private static String[] acl(String user) {
        try {
            return Files.readString(OPERATIONS)
                    .lines()
                    .filter(line -> line.startsWith("ACL SETUSER " + user + " "))
                    .findFirst()
                    .orElseThrow()
                    .split(" ");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RespConnection as(String user) {
        redis.call("ACL", "DELUSER", user);
        redis.call((Object[]) acl(user));
        RespConnection connection = redis.connect();
        connection.call("AUTH", user, "a-password");
        return connection;
    }

    static Stream<String> rightsOfOperator() {
        return Arrays.stream(acl("shop-operator")).filter(rule -> rule.startsWith("+"));
    }

    @ParameterizedTest
    @MethodSource("rightsOfOperator")
    void eachRightOfAnOperatorIsNeeded(String right) {
        try (RespConnection operator = as("shop-operator")) {
            redis.call("ACL", "SETUSER", "shop-operator", right.replace('+', '-'));
            assertThatThrownBy(() -> {
                        for (String block : blocks()) {
                            fill();
                            run(block).forEach(call -> operator.call(call.toArray()));
                        }
                    })
                    .isInstanceOf(ErrorReply.class)
                    .hasMessageMatching("(?s).*(NOPERM|can't run this command|no permissions).*");
        }
    }

    // What an operator does

    @Test
    void operatorMayRunAllCommands() {
        List<String> blocks = blocks();
        assertThat(blocks).hasSizeGreaterThan(12);
        try (RespConnection operator = as("shop-operator")) {
            for (String block : blocks) {
                fill();
                for (List<String> call : run(block)) {
                    assertThatCode(() -> operator.call(call.toArray()))
                            .as(block)
                            .doesNotThrowAnyException();
                }
            }
        }
    }

    static Stream<String> ids() {
        return HOSTILE_IDS.stream().filter(id -> !id.equals("END"));
    }

    @ParameterizedTest
    @MethodSource("ids")
    void hostileIdsAreTreatedAsIds(String id) {
        try (RespConnection operator = as("shop-operator")) {
            assertThat(reply(operator, "## See how many", "HGET", id).toString())
                    .contains("failed");
            assertThat(reply(operator, "## Look at the body", "'GET'", id)).isEqualTo("a book");
            assertThat(reply(operator, "## Look at the body", "KEEPTTL", id)).isEqualTo("OK");
            assertThat(redis.call("GET", "rq:{orders}:message:" + id)).isEqualTo("a good book");
            assertThat(redis.call("GET", "rq:{orders}:message:0002")).isEqualTo("a book");

            assertThat(reply(operator, "## Deliver one again", "LPUSH", id)).isEqualTo(1L);
            assertThat(redis.call("LRANGE", "rq:{orders}:ready", "0", "-1")).isEqualTo(List.of(id));
            assertThat(redis.call("ZSCORE", "rq:{orders}:dead", id)).isNull();
            assertThat(redis.call("HGET", "rq:{orders}:errors", id)).isNull();
            assertThat(reply(operator, "## Deliver one again", "LPUSH", id)).isEqualTo(0L);

            fill();
            assertThat(reply(operator, "## Delete", "UNLINK", id)).isEqualTo(1L);
            assertThat(redis.call("EXISTS", "rq:{orders}:message:" + id)).isEqualTo(0L);
            assertThat(redis.call("ZCARD", "rq:{orders}:dead")).isEqualTo((long) HOSTILE_IDS.size());
        }
        assertThat(directory.resolve("canary")).doesNotExist();
    }

    @Test
    void allDeadLettersAreRedeliveredOrDeleted() {
        long all = HOSTILE_IDS.size() + 1L;
        try (RespConnection operator = as("shop-operator")) {
            assertThat(reply(operator, "## Deliver all again", "LPUSH", "0002")).isEqualTo(all);
            assertThat(redis.call("LLEN", "rq:{orders}:ready")).isEqualTo(all);
            assertThat(redis.call("EXISTS", "rq:{orders}:dead", "rq:{orders}:errors"))
                    .isEqualTo(0L);

            fill();
            assertThat(reply(operator, "## Delete", "86400000", "0002")).isEqualTo(all);
            assertThat(keysOfOrders()).containsExactly("rq:{orders}:prepared");
        }
    }

    @Test
    void onlyTheGivenQueueIsDeleted() {
        try (RespConnection operator = as("shop-operator")) {
            assertThat(reply(operator, "## Delete a queue", "SCAN", "0002")).isEqualTo("0");
            assertThat(reply(operator, "## Delete a queue", "SREM", "0002")).isEqualTo(1L);
        }
        assertThat(TestQueue.texts(redis.call("KEYS", "*"))).containsExactlyInAnyOrder("rq:queues", "rq:{other}:ready");
    }

    private static List<String> keysOfOrders() {
        return TestQueue.texts(redis.call("KEYS", "rq:{orders}:*"));
    }

    // What a producer does

    @Test
    void producerMayOnlySendToItsQueue() throws IOException {
        redis.call("FLUSHALL");
        String block = blocks(DOCUMENTATION.resolve("protocol.md")).stream()
                .filter(found -> found.contains("MULTI"))
                .findFirst()
                .orElseThrow();
        try (RespConnection producer = as("shop-producer")) {
            for (String line : input(block).lines().toList()) {
                producer.call(words(line).toArray());
            }
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
        Pattern.compile("\"([^\"]*)\"|(\\S+)")
                .matcher(line)
                .results()
                .forEach(word -> words.add(word.group(1) != null ? word.group(1) : word.group(2)));
        return words;
    }

    // Reading and running the documentation

    private static List<String> blocks() {
        Set<String> found = new LinkedHashSet<>(blocks(OPERATIONS));
        found.addAll(blocks(DOCUMENTATION.resolve("dead-letters.md")));
        return List.copyOf(found);
    }

    private static List<String> blocks(Path page) {
        try {
            return BLOCK.matcher(Files.readString(page))
                    .results()
                    .map(block -> block.group(1))
                    .filter(block -> block.startsWith("redis-cli"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs the command that contains this text in a section, with this id instead of 0002. */
    private Object reply(RespConnection connection, String section, String containing, String id) {
        Path page = section.equals("## Delete a queue") ? OPERATIONS : DOCUMENTATION.resolve("dead-letters.md");
        try {
            String text = Files.readString(page);
            int from = text.indexOf("\n" + section) + 1;
            int to = text.indexOf("\n## ", from);
            String block = BLOCK.matcher(text.substring(from, to < 0 ? text.length() : to))
                    .results()
                    .map(found -> found.group(1))
                    .filter(found -> found.startsWith("redis-cli") && found.contains(containing))
                    .findFirst()
                    .orElseThrow();
            List<List<String>> calls = run(block.replace("\n0002\n", "\n" + id + "\n"));
            return connection.call(calls.get(calls.size() - 1).toArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words that a shell passes to redis-cli. With -x, the last word is the input. */
    private List<List<String>> run(String block) {
        List<List<String>> calls = new ArrayList<>();
        for (Path record : records(block)) {
            List<String> words =
                    new ArrayList<>(List.of(read(record.resolve("words")).split("\0", -1)));
            words.remove(words.size() - 1);
            if (words.get(0).equals("-x")) {
                words.remove(0);
                words.add(read(record.resolve("input")));
            }
            calls.add(words);
        }
        assertThat(calls).as(block).isNotEmpty();
        return calls;
    }

    private String input(String block) {
        return read(records(block).get(0).resolve("input"));
    }

    private List<Path> records(String block) {
        try {
            Path bin = Files.createDirectories(directory.resolve("bin"));
            Path stub = Files.writeString(bin.resolve("redis-cli"), STUB);
            assertThat(stub.toFile().setExecutable(true)).isTrue();
            Path records = Files.createTempDirectory(directory, "records");
            ProcessBuilder shell = new ProcessBuilder("sh", "-c", block)
                    .directory(directory.toFile())
                    .redirectInput(
                            Files.writeString(records.resolve("none"), "").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(records.resolve("output").toFile());
            shell.environment().put("PATH", bin + ":" + System.getenv("PATH"));
            shell.environment().put("RECORDS", records.toString());
            Process running = shell.start();
            assertThat(running.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(running.exitValue()).as(read(records.resolve("output"))).isZero();
            try (Stream<Path> files = Files.list(records)) {
                return files.filter(Files::isDirectory).sorted().toList();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
