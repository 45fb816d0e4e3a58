// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.testing.TestRedis;
import picocli.CommandLine;

class RedisQueueCommandTest {

    private final String prefix = "cli" + UUID.randomUUID().toString().replace("-", "");

    private final InputStream standardInput = System.in;

    @BeforeEach
    void endStandardInput() {
        System.setIn(InputStream.nullInputStream());
    }

    @AfterEach
    void restoreStandardInput() {
        System.setIn(standardInput);
    }

    /** What a command has printed, and its exit code. */
    private record Run(int code, String out, String err) {}

    private Run run(String... arguments) {
        List<String> all =
                new ArrayList<>(List.of("--redis", TestRedis.shared().address(), "-c", "keyPrefix=" + prefix));
        all.addAll(List.of(arguments));
        return runAsIs(all.toArray(String[]::new));
    }

    private static Run runAsIs(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        try (RedisQueueCommand command = new RedisQueueCommand()) {
            CommandLine line = RedisQueueCommand.commandLine(command);
            line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
            int code = line.execute(arguments);
            return new Run(code, out.toString(), err.toString());
        }
    }

    private Object call(Object... command) {
        return TestRedis.shared().call(command);
    }

    private String key(String name) {
        return prefix + ":{orders}:" + name;
    }

    private void dead(String id, String value, String reason) {
        call("SADD", prefix + ":queues", "orders");
        call("SET", key("message:" + id), value);
        call("ZADD", key("dead"), 1000, id);
        call("HSET", key("errors"), id, "{\"reason\":\"" + reason + "\",\"deliveries\":3}");
    }

    @Test
    void queuesAreListedAsATable() {
        dead("m1", "a", "failed");

        Run run = run("queues");

        assertThat(run.code()).isZero();
        assertThat(run.out().lines().toList())
                .satisfiesExactly(
                        header -> assertThat(header).startsWith("QUEUE").contains("READY", "DEAD", "CONSUMERS"),
                        row -> assertThat(row).startsWith("orders").contains(" 1 "));
    }

    @Test
    void limitsAreSetShownAndRemoved() {
        assertThat(run("set", "orders", "rateLimit", "100/s").out().strip()).isEqualTo("Set rateLimit to 100/s.");
        run("set", "orders", "maxQueueConcurrency", "5");
        assertThat(run("settings", "orders").out().lines())
                .containsExactly("SETTING              VALUE", "maxQueueConcurrency  5", "rateLimit            100/s");
        assertThat(run("queues", "orders").out().strip()).endsWith("  limited");
        run("set", "orders", "maxQueueConcurrency", "none");
        run("pause", "orders");
        assertThat(run("queues", "orders").out().strip()).endsWith("  paused, limited");
        assertThat(run("unset", "orders", "rateLimit").out().strip()).isEqualTo("Removed rateLimit.");
        assertThat(run("settings", "orders", "--json").out())
                .isEqualToIgnoringWhitespace("{\"maxQueueConcurrency\": \"none\"}");
        assertThat(run("queues", "orders").out().strip()).endsWith("  paused");
    }

    @Test
    void invalidLimitIsRefused() {
        Run run = run("set", "orders", "rateLimit", "fast");

        assertThat(run.code()).isEqualTo(RedisQueueCommand.REFUSED);
        assertThat(run.err()).contains("rateLimit must be none, or 1 to 1,000,000 messages per s, min or h");
        assertThat(call("EXISTS", key("settings"))).isEqualTo(0L);
    }

    @Test
    void namedQueueIsListedAlone() {
        dead("m1", "a", "failed");

        assertThat(run("queues", "invoices", "--json").out())
                .contains("\"name\": \"invoices\"")
                .doesNotContain("\"orders\"");
    }

    @Test
    void resultsArePrintedAsJson() {
        dead("m1", "a", "failed");

        assertThat(run("queues", "--json").out()).contains("\"name\": \"orders\"", "\"dead\": 1");
        assertThat(run("browse", "orders", "--place", "dead", "--json").out())
                .contains("\"id\": \"m1\"", "\"reason\": \"failed\"", "\"since\": \"1970-01-01T00:00:01Z\"");
        assertThat(run("show", "orders", "m1", "--json").out()).contains("\"body\": \"a\"");
        assertThat(run("servers", "--json").out()).isEqualToIgnoringWhitespace("[]");
    }

    @Test
    void poisonMessageIsFoundFixedAndRequeued(@TempDir Path directory) throws IOException {
        dead("m1", "RQ/1\r\nOrder-Id: 17\r\n\r\nwrong", "JsonException: line 1");
        Path body = Files.writeString(directory.resolve("body"), "right");

        assertThat(run("browse", "orders", "-p", "dead").out()).contains("m1", "JsonException: line 1");
        assertThat(run("show", "orders", "m1").out()).contains("header Order-Id: 17", "wrong");
        assertThat(run("edit", "orders", "m1", "-f", body.toString()).code()).isZero();
        assertThat(run("requeue", "orders", "--id", "m1").out()).contains("DONE: 1 changed");

        assertThat(call("LRANGE", key("ready"), 0, -1)).isEqualTo(List.of("m1"));
        assertThat(call("GET", key("message:m1"))).isEqualTo("RQ/1\r\nOrder-Id: 17\r\n\r\nright");
    }

    @Test
    void scheduledMessageIsCanceled() {
        call("SET", key("message:m1"), "a");
        call("ZADD", key("scheduled"), 4_000_000_000_000L, "m1");

        assertThat(run("browse", "orders", "-p", "scheduled").out()).contains("m1");
        assertThat(run("cancel", "orders", "m1", "--yes").out()).contains("Canceled.");
        var again = run("cancel", "orders", "m1", "--yes");

        assertThat(again.code()).isEqualTo(RedisQueueCommand.REFUSED);
        assertThat(again.out()).contains("No message with this id is scheduled.");
        assertThat(call("EXISTS", key("message:m1"), key("scheduled"))).isEqualTo(0L);
    }

    @Test
    void lettersAreSelectedByReason() {
        dead("m1", "a", "timeout");
        dead("m2", "b", "other");

        assertThat(run("delete", "orders", "--reason", "timeout", "--yes").code())
                .isZero();

        assertThat(call("ZRANGE", key("dead"), 0, -1)).isEqualTo(List.of("m2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"delete orders --all", "purge orders", "delete-queue orders"})
    void deletingRequiresConfirmation(String command) {
        dead("m1", "a", "failed");

        Run run = run(command.split(" "));

        assertThat(run.code()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(call("EXISTS", key("message:m1"))).isEqualTo(1L);
    }

    @Test
    void messagesAreMoved() {
        dead("m1", "a", "failed");

        assertThat(run("move", "orders", "other", "--all").code()).isZero();

        assertThat(call("LRANGE", prefix + ":{other}:ready", 0, -1)).isEqualTo(List.of("m1"));
    }

    @Test
    void queueIsPausedAndResumed() {
        assertThat(run("pause", "orders", "--for", "10m").out()).contains("Paused for 10m");
        assertThat((Long) call("TTL", key("paused"))).isBetween(500L, 600L);

        assertThat(run("resume", "orders").code()).isZero();
        assertThat(call("EXISTS", key("paused"))).isEqualTo(0L);
    }

    @Test
    void queueIsBoundToATopicAndUnbound() {
        assertThat(run("bind", "events", "orders").out()).contains("Bound.");
        assertThat(run("bind", "events", "orders").out()).contains("bound already");
        assertThat(run("bind", "no topic", "orders").code()).isEqualTo(RedisQueueCommand.REFUSED);
        run("bind", "events", "billing");
        call("LPUSH", key("ready"), "m1");
        call("SET", key("message:m1"), "a");

        assertThat(run("topics").out().lines()).containsExactly("TOPIC   QUEUE", "events  billing", "events  orders");
        assertThat(run("topics", "unknown").out().lines()).hasSize(1);
        assertThat(run("topics", "--json").out()).contains("\"name\": \"events\"", "\"billing\"");
        assertThat(run("unbind", "events", "orders").out()).contains("Unbound.", "In the queue: 1 messages to deliver");
        assertThat(run("unbind", "events", "billing", "--json").out())
                .contains("\"unbound\": true", "\"preparedBranches\": 0");
        assertThat((List<?>) call("SMEMBERS", prefix + ":topics")).isEmpty();
    }

    @Test
    void queueIsDeleted() {
        dead("m1", "a", "failed");

        assertThat(run("delete-queue", "orders", "--yes").out()).contains("DONE");

        assertThat((List<?>) call("SMEMBERS", prefix + ":queues")).isEmpty();
        assertThat(call("EXISTS", key("message:m1"))).isEqualTo(0L);
    }

    @Test
    void branchInDoubtIsListedAndDecided() {
        call("SADD", prefix + ":queues", "orders");
        call("HSET", key("prepared"), "00020005-aa-bb", "{\"time\":1000,\"consumed\":[],\"sent\":[]}");

        assertThat(run("in-doubt").out()).contains("00020005-aa-bb", "orders");
        assertThat(run("in-doubt", "00020005-aa-bb").code()).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(run("in-doubt", "00020005-aa-bb", "-d", "rollback", "-y").code())
                .isZero();
        assertThat(call("EXISTS", key("prepared"))).isEqualTo(0L);
    }

    @Test
    void argumentsOfOtherCommandsArePrintedInFull() {
        String xid = "00020005-" + "ab".repeat(36) + "-" + "cd".repeat(32);
        String id = "x".repeat(200);
        call("HSET", key("prepared"), xid, "{\"time\":1000,\"consumed\":[[\"orders\",\"m1\",\"t\"]],\"sent\":[]}");
        call("ZADD", key("processing"), "inf", "m1 t");
        dead(id, "a", "failed");

        assertThat(run("in-doubt").out()).contains(xid);
        assertThat(run("browse", "orders", "-p", "in_doubt").out()).contains(xid);
        assertThat(run("browse", "orders", "-p", "dead").out()).contains(id);
    }

    @Test
    void holderOfAMessageIsShown() {
        call("SET", key("message:m1"), "a");
        call("ZADD", key("processing"), "4102444800000", "m1 0123456789.1.kf12oi00.x");
        call("HSET", prefix + ":{/}:server:0123456789", "info", "{\"host\":\"app-1\"}");
        call("HSET", prefix + ":{/}:server:0123456789", "listener:1", "{\"name\":\"Receipts.write\"}");
        call("ZADD", prefix + ":{/}:servers", System.currentTimeMillis(), "0123456789");

        assertThat(run("show", "orders", "m1").out().lines())
                .contains("place: DELIVERING", "due: 2100-01-01T00:00:00Z")
                .anyMatch(line -> line.startsWith("holder: app-1, Receipts.write, since 20"));
    }

    @Test
    void groupAndPriorityOfAMessageAreShown() {
        call("SET", key("message:m1"), "a");
        call("ZADD", key("dead"), "1", "m1");
        call("HSET", key("attributes"), "m1", "0000000000000001 customer-17 -3");

        assertThat(run("browse", "orders", "--place", "dead").out().lines())
                .element(1)
                .asString()
                .matches("m1 +1 +- +customer-17 +-3 .*");
        assertThat(run("show", "orders", "m1").out().lines()).contains("group: customer-17", "priority: -3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-n", "@pom.xml", "*", "a=b", "'", "\"", "$(id)"})
    void unusualIdsAreTreatedAsIds(String id) {
        dead(id, "a", "failed");
        dead("m2", "b", "failed");

        assertThat(run("show", "orders", "--", id).out()).contains("reason: failed");
        Run requeue = run("requeue", "orders", "--id=" + id);
        assertThat(requeue.code()).as(requeue.err()).isZero();

        assertThat(call("LRANGE", key("ready"), 0, -1)).isEqualTo(List.of(id));
    }

    @Test
    void damageIsFoundAndRepaired() {
        call("SADD", prefix + ":queues", "orders");
        call("SET", key("message:lost"), "a");

        Run found = run("check", "orders", "--pause", "0s");
        assertThat(found.code()).isEqualTo(RedisQueueCommand.NOT_GOOD);
        assertThat(found.out()).contains("ORPHANED_MESSAGE", "lost");

        assertThat(run("check", "orders", "--pause", "0s", "--repair").code()).isZero();
        assertThat(call("ZRANGE", key("dead"), 0, -1)).isEqualTo(List.of("lost"));
        assertThat(run("check", "orders", "--pause", "0s").code()).isZero();
    }

    @Test
    void queueThatIsNotCheckedIsReported() {
        call("SADD", prefix + ":queues", "orders");
        call("SET", key("ready"), "not a list");

        Run found = run("check", "orders", "--pause", "0s");
        Run repaired = run("check", "orders", "--pause", "0s", "--repair");

        assertThat(List.of(found, repaired)).allSatisfy(run -> {
            assertThat(run.code()).isEqualTo(RedisQueueCommand.NOT_GOOD);
            assertThat(run.out()).contains("Not checked: Queue 'orders'", "1 queue, 0 messages, 1 finding\n");
        });
        assertThat(run("check", "orders", "--pause", "0s", "--repair", "--json").out())
                .contains("\"remaining\": [", "\"skipped\": [", "Queue 'orders'");
    }

    @Test
    void auditNamesWhoPausedTheQueue() {
        run("pause", "orders");
        run("resume", "orders");

        List<String> entries = run("audit").out().lines().skip(1).toList();
        assertThat(entries)
                .satisfiesExactly(
                        latest -> assertThat(latest).contains("resume"),
                        first -> assertThat(first)
                                .contains(System.getProperty("user.name") + "@", "cli", "pause", "orders"));
        String latest = entries.get(0).split(" ")[0];
        assertThat(run("audit", "--before", latest).out().lines().skip(1)).containsExactly(entries.get(1));
    }

    @Test
    void bodyInBase64IsMarked() {
        call("SADD", prefix + ":queues", "orders");
        call("ZADD", key("dead"), 1000, "m1");
        call("EVAL", "return redis.call('SET', KEYS[1], string.char(255, 0))", 1, key("message:m1"));

        assertThat(run("show", "orders", "m1").out()).contains("encoding: Base64", "/wA=");
    }

    @Test
    void topShowsTheQueues() {
        dead("m1", "a", "failed");

        assertThat(run("top", "--times", "1", "--json").out()).contains("\"name\": \"orders\"");
    }

    @Test
    void controlCharactersAreNotPrinted() {
        dead("m1", "a\u001b[2Jb", "x");
        call("HSET", key("errors"), "m1", "\u001b]0;title\u0007");

        assertThat(run("show", "orders", "m1").out()).doesNotContain("\u001b");
        assertThat(run("browse", "orders", "-p", "dead").out()).doesNotContain("\u001b", "\u0007");
    }

    @Test
    void controlCharactersAreEscapedInJson() {
        dead("m1", "a\u009b2Jb\u007f\u202e\udb40\udc01\n", "x");

        assertThat(run("show", "orders", "m1", "--json").out())
                .contains("a\\u009b2Jb\\u007f\\u202e\\udb40\\udc01\\n")
                .doesNotContain("\u009b", "\u007f", "\u202e");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"show orders %s", "purge %s", "unknown%s", "browse orders --place %s", "in-doubt %s -d commit"})
    void controlCharactersInErrorsAreNotPrinted(String command) {
        Run run = run(command.formatted("\u001b[2J\u009b\u202e").split(" "));

        assertThat(run.code()).isNotZero();
        assertThat(run.err()).isNotBlank().doesNotContain("\u001b", "\u009b", "\u202e");
    }

    @Nested
    class Failures {

        @Test
        void refusedOperationHasItsOwnExitCode() {
            Run run = run("show", "orders", "unknown");

            assertThat(run.code()).isEqualTo(RedisQueueCommand.REFUSED);
            assertThat(run.err()).startsWith("Error: ").contains("orders");
        }

        @Test
        void unreachableRedisHasItsOwnExitCode() {
            Run run = runAsIs("queues", "--redis", "redis://127.0.0.1:1");

            assertThat(run.code()).isEqualTo(RedisQueueCommand.UNAVAILABLE);
            assertThat(run.err()).contains("127.0.0.1:1");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "unknown",
                    "browse",
                    "browse orders --place nowhere",
                    "pause orders --for ever",
                    "requeue orders",
                    "requeue orders --all --id x",
                    "requeue orders --header x",
                    "delete orders --ready --all --yes",
                    "edit orders m1 --file does-not-exist",
                    "queues -c nonsense=1",
                    "queues -c password=secret",
                    "queues -c mode=nonsense"
                })
        void invalidArgumentsAreExplained(String arguments) {
            Run run = run(arguments.isEmpty() ? new String[0] : arguments.split(" "));

            assertThat(run.code()).isEqualTo(CommandLine.ExitCode.USAGE);
            assertThat(run.err()).isNotBlank().doesNotContain("secret", "\tat ");
        }
    }
}
