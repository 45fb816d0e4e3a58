// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.RepairReport;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

class ConsistencyTest {

    private static final String FAR = "4000000000000";

    private final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    private String key(String name) {
        return test.key("orders", name);
    }

    private void message(String... ids) {
        for (String id : ids) {
            test.call("SET", key("message:" + id), "body of " + id);
        }
    }

    private CheckReport check() {
        return test.admin.check("orders", Duration.ofMillis(1));
    }

    private Finding finding(Kind kind, String id) {
        List<Finding> findings = check().findings();
        assertThat(findings).singleElement().satisfies(found -> {
            assertThat(found.kind()).isEqualTo(kind);
            assertThat(found.queue()).isEqualTo("orders");
            assertThat(found.id()).isEqualTo(id);
        });
        return findings.get(0);
    }

    private void assertRepaired(Finding finding) {
        RepairReport report = test.admin.repair(List.of(finding));
        assertThat(report.repaired()).containsExactly(finding);
        assertThat(report.remaining()).isEmpty();
        assertThat(check().findings()).isEmpty();
    }

    private void assertOnlyReported(Finding finding) {
        String before = contents();
        assertThat(finding.repairable()).isFalse();
        assertThat(test.admin.repair(List.of(finding)).remaining()).containsExactly(finding);
        // Repairs nothing, even if a front end claims that it can
        Finding claimed = new Finding(finding.kind(), "orders", finding.id(), finding.description(), true);
        assertThat(test.admin.repair(List.of(claimed)).repaired()).isEmpty();
        assertThat(contents()).isEqualTo(before);
    }

    private String contents() {
        return test.call("LRANGE", key("ready"), 0, -1)
                + " " + test.call("ZRANGE", key("processing"), 0, -1, "WITHSCORES")
                + " " + test.call("ZRANGE", key("dead"), 0, -1, "WITHSCORES")
                + " " + test.call("HGETALL", key("prepared"))
                + " "
                + ((List<?>) test.call("KEYS", test.prefix + ":{*"))
                        .stream().map(String::valueOf).sorted().toList();
    }

    private List<?> ready() {
        return (List<?>) test.call("LRANGE", key("ready"), 0, -1);
    }

    private List<?> deadLetters() {
        return (List<?>) test.call("ZRANGE", key("dead"), 0, -1);
    }

    @Test
    void intactQueueHasNoFindings() {
        message("r1", "p1", "w1", "x1", "doubt");
        test.call("LPUSH", key("ready"), "r1");
        test.call("ZADD", key("processing"), FAR, "p1 token", FAR, "w1 -", "inf", "doubt token");
        test.call(
                "ZADD",
                key("dead"),
                1000,
                "x1",
                1000,
                "x".repeat(64) + "~300~0123456789abcdef0123456789abcdef01234567");
        test.call("HSET", key("errors"), "x1", "{\"reason\":\"it failed\",\"deliveries\":3}");
        test.call("HSET", key("failures"), "w1", "2");
        test.call("ZADD", key("expiry"), FAR, "r1", "-" + FAR, "p1");
        test.call("HSET", key("prepared"), "br1", record("orders,doubt,token", "orders,s1,0"));
        test.call("SET", key("staged:br1:s1"), "x");

        CheckReport report = check();

        assertThat(report.findings()).isEmpty();
        assertThat(report.skipped()).isEmpty();
        assertThat(report.queues()).isEqualTo(1);
        assertThat(report.messages()).isEqualTo(5);
    }

    private static String record(String consumed, String sent) {
        return "{\"time\":1000000000000,\"consumed\":[" + entries(consumed, true) + "],\"sent\":["
                + entries(sent, false) + "]}";
    }

    private static String entries(String message, boolean quoted) {
        if (message.isEmpty()) {
            return "";
        }
        String[] parts = message.split(",");
        String last = quoted ? "\"" + parts[2] + "\"" : parts[2];
        return "[\"" + parts[0] + "\",\"" + parts[1] + "\"," + last + "]";
    }

    @Test
    void orphanedMessageBecomesDeadLetter() {
        message("m[1]*");
        test.call("HSET", key("failures"), "m[1]*", "2");

        assertRepaired(finding(Kind.ORPHANED_MESSAGE, "m[1]*"));

        assertThat(deadLetters()).isEqualTo(List.of("m[1]*"));
        assertThat(test.admin.message("orders", "m[1]*").orElseThrow().summary())
                .satisfies(letter -> {
                    assertThat(letter.reason()).contains("found by a check");
                    assertThat(letter.deliveries()).isEqualTo(2);
                });
        assertThat(test.call("EXISTS", key("failures"))).isEqualTo(0L);
        assertThat(ready()).isEmpty();
    }

    @Test
    void idWithoutMessageIsRemovedFromEachPlace() {
        test.call("LPUSH", key("ready"), "m1");
        test.call("ZADD", key("processing"), FAR, "m2 -");
        test.call("ZADD", key("dead"), 1000, "m3");
        test.call("HSET", key("errors"), "m3", "{}");

        List<Finding> findings = check().findings();

        assertThat(findings)
                .extracting(Finding::kind, Finding::id)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Kind.MISSING_MESSAGE, "m1"),
                        org.assertj.core.groups.Tuple.tuple(Kind.MISSING_MESSAGE, "m2"),
                        org.assertj.core.groups.Tuple.tuple(Kind.MISSING_MESSAGE, "m3"));
        assertThat(test.admin.repair(findings).repaired()).isEqualTo(findings);
        assertThat((List<?>) test.call("KEYS", test.prefix + ":{*")).isEmpty();
    }

    @Test
    void missingMessageWithHolderIsOnlyReported() {
        test.call("ZADD", key("processing"), FAR, "m1 token");

        assertOnlyReported(finding(Kind.MISSING_MESSAGE, "m1"));
    }

    @Test
    void messageThatIsReadyTwiceKeepsItsFirstPlace() {
        message("m1", "m2");
        test.call("RPUSH", key("ready"), "m1", "m2", "m1");

        assertRepaired(finding(Kind.READY_TWICE, "m1"));

        assertThat(ready()).isEqualTo(List.of("m2", "m1")); // taken from the right
    }

    @Test
    void readyDeadLetterStaysDead() {
        message("m1");
        test.call("LPUSH", key("ready"), "m1");
        test.call("ZADD", key("dead"), 1000, "m1");

        assertRepaired(finding(Kind.SEVERAL_PLACES, "m1"));

        assertThat(ready()).isEmpty();
        assertThat(deadLetters()).isEqualTo(List.of("m1"));
    }

    @Test
    void messageThatWasSentWithTheIdOfALetterWithoutMessageIsIntact() {
        message("m1");
        test.call("LPUSH", key("ready"), "m1");
        test.call("ZADD", key("dead"), 1000, "m1");
        test.call("HSET", key("errors"), "m1", "{\"reason\":\"was no text\",\"deliveries\":1,\"gone\":true}");

        assertThat(check().findings()).isEmpty();
    }

    @Test
    void readyMessageStaysWithItsHolder() {
        message("m1");
        test.call("LPUSH", key("ready"), "m1");
        test.call("ZADD", key("processing"), FAR, "m1 token");

        assertRepaired(finding(Kind.SEVERAL_PLACES, "m1"));

        assertThat(ready()).isEmpty();
        assertThat(test.call("ZCARD", key("processing"))).isEqualTo(1L);
    }

    @Test
    void messageThatIsClaimedTwiceIsOnlyReported() {
        message("m1");
        test.call("ZADD", key("processing"), FAR, "m1 token", FAR, "m1 other");

        assertOnlyReported(finding(Kind.SEVERAL_PLACES, "m1"));
    }

    @Test
    void claimedDeadLetterIsOnlyReported() {
        message("m1");
        test.call("ZADD", key("processing"), FAR, "m1 token");
        test.call("ZADD", key("dead"), 1000, "m1");

        assertOnlyReported(finding(Kind.SEVERAL_PLACES, "m1"));
    }

    @Test
    void malformedEntryBecomesDeadLetterWithItsMessage() {
        message("m1");
        test.call("ZADD", key("processing"), FAR, "m1");

        assertRepaired(finding(Kind.MALFORMED_ENTRY, "m1"));

        assertThat(deadLetters()).isEqualTo(List.of("m1"));
        assertThat(test.admin.message("orders", "m1").orElseThrow().summary().reason())
                .contains("malformed");
        assertThat(test.call("ZCARD", key("processing"))).isEqualTo(0L);
    }

    @Test
    void longMalformedEntryBecomesDeadLetterWithShortName() {
        test.call("ZADD", key("processing"), FAR, "x".repeat(400) + " token");

        assertRepaired(finding(Kind.MALFORMED_ENTRY, "x".repeat(400) + " token"));

        assertThat(deadLetters()).singleElement().asString().startsWith("x".repeat(64) + "~406~");
    }

    @Test
    void messageInDoubtWithoutBranchIsOnlyReported() {
        message("m1");
        test.call("ZADD", key("processing"), "inf", "m1 token");

        assertOnlyReported(finding(Kind.STRANDED_IN_DOUBT, "m1"));
    }

    @Test
    void messageOfBranchOfAnotherQueueIsIntact() {
        message("m1");
        test.call("SET", test.key("home", "message:h1"), "x");
        test.call("ZADD", key("processing"), "inf", "m1 token");
        test.call("ZADD", test.key("home", "processing"), "inf", "h1 token");
        test.call("SADD", test.prefix + ":queues", "home");
        String record =
                "{\"time\":1,\"consumed\":[[\"home\",\"h1\",\"token\"],[\"orders\",\"m1\",\"token\"]],\"sent\":[]}";
        test.call("HSET", test.key("home", "prepared"), "br1", record);

        assertThat(check().findings()).isEmpty();
    }

    @Test
    void branchWithoutItsMessageIsOnlyReported() {
        message("m1");
        test.call("LPUSH", key("ready"), "m1");
        test.call("HSET", key("prepared"), "br1", record("orders,m1,token", ""));

        assertOnlyReported(finding(Kind.BRANCH_WITHOUT_MESSAGE, "br1"));
    }

    @Test
    void malformedBranchIsOnlyReported() {
        test.call("HSET", key("prepared"), "br1", "nonsense");

        assertOnlyReported(finding(Kind.MALFORMED_BRANCH, "br1"));
    }

    @Test
    void stagedMessageWithoutBranchIsOnlyReported() {
        test.call("SET", key("staged:br1:s1"), "x");

        assertOnlyReported(finding(Kind.ORPHANED_STAGED_MESSAGE, "br1:s1"));
    }

    @Test
    void leftoversOfMessageAreRemoved() {
        test.call("HSET", key("failures"), "m1", "1");
        test.call("HSET", key("abandoned"), "m1", "1");
        test.call("HSET", key("errors"), "m1", "{}");
        test.call("ZADD", key("expiry"), FAR, "m1");

        assertRepaired(finding(Kind.LEFTOVER, "m1"));

        assertThat((List<?>) test.call("KEYS", test.prefix + ":{*")).isEmpty();
    }

    @Test
    void malformedCounterIsRemoved() {
        message("m1");
        test.call("LPUSH", key("ready"), "m1");
        test.call("HSET", key("failures"), "m1", "nonsense");
        test.call("HSET", key("abandoned"), "m1", "2");

        assertRepaired(finding(Kind.MALFORMED_COUNTER, "m1"));

        assertThat(test.call("EXISTS", key("failures"))).isEqualTo(0L);
        assertThat(test.call("HGET", key("abandoned"), "m1")).isEqualTo("2");
    }

    @Test
    void keyOfWrongTypeIsOnlyReported() {
        test.call("SET", key("dead"), "x");

        CheckReport report = check();

        assertThat(report.findings()).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.WRONG_TYPE);
            assertThat(finding.id()).isNull();
            assertThat(finding.description()).contains(key("dead")).contains("string");
        });
        assertThat(report.skipped()).singleElement().asString().contains("orders");
        assertThat(test.admin.repair(report.findings()).remaining()).isEqualTo(report.findings());
    }

    @Test
    void messageOfWrongTypeIsOnlyReported() {
        test.call("HSET", key("message:m1"), "a", "b");
        test.call("LPUSH", key("ready"), "m1");

        assertOnlyReported(finding(Kind.WRONG_TYPE, "m1"));
    }

    @Test
    void damageThatHasEndedIsNotRepaired() {
        message("m1");
        Finding finding = finding(Kind.ORPHANED_MESSAGE, "m1");
        test.call("LPUSH", key("ready"), "m1");

        RepairReport report = test.admin.repair(List.of(finding));

        assertThat(report.repaired()).isEmpty();
        assertThat(report.remaining())
                .singleElement()
                .satisfies(remaining -> assertThat(remaining.description()).contains("Check again"));
        assertThat(deadLetters()).isEmpty();
        assertThat(ready()).isEqualTo(List.of("m1"));
    }

    @Test
    void largeQueueIsNotSearchedForMessagesEvenWhileItIsPaused() {
        message("orphan");
        Finding finding = finding(Kind.ORPHANED_MESSAGE, "orphan");
        test.call(
                "EVAL",
                "for i = 1, 120000 do redis.call('SET', KEYS[2] .. 'm' .. i, 'x') redis.call('LPUSH', KEYS[1], 'm' .. i) end",
                2,
                key("ready"),
                key("message:"));
        test.call("HSET", key("failures"), "m7", "nonsense");
        test.call("ZADD", key("processing"), FAR, "malformed");
        test.admin.pause("orders", null);

        CheckReport report = check();

        assertThat(report.findings())
                .extracting(Finding::kind)
                .containsExactly(Kind.MALFORMED_ENTRY, Kind.MALFORMED_COUNTER);
        assertThat(report.skipped()).singleElement().asString().contains("too large");
        assertThat(report.messages()).isEqualTo(120_001);
        assertThat(test.admin.repair(report.findings()).remaining()).isEmpty();
        assertThat(check().findings()).isEmpty();
        assertThat(test.admin.repair(List.of(finding)).remaining())
                .singleElement()
                .satisfies(remaining -> assertThat(remaining.description()).contains("too large"));
        assertThat(deadLetters()).isEqualTo(List.of("malformed"));
    }

    @Test
    void keysAreScannedOnceForAllQueues() {
        try (TestRedis redis = TestRedis.start("--appendonly", "no");
                AdminClient client = AdminClient.of(TestProperties.of(redis))) {
            for (int i = 0; i < 20; i++) {
                redis.call("SADD", "rq:queues", "q" + i);
                redis.call("SET", "rq:{q" + i + "}:message:orphan", "x");
                redis.call("SET", "rq:{q" + i + "}:staged:br1:s1", "x");
            }
            redis.call("SET", "rq:{unknown}:message:m1", "x");
            client.admin().servers(); // connects

            CheckReport report = client.admin().check(null, Duration.ZERO);

            assertThat(report.messages()).isEqualTo(20);
            assertThat(report.findings()).hasSize(40);
            assertThat(String.valueOf(redis.call("INFO", "commandstats"))).containsPattern("cmdstat_scan:calls=1,");
        }
    }

    @Test
    void allKnownQueuesAreChecked() {
        test.call("SADD", test.prefix + ":queues", "orders", "invoices");
        message("m1");
        test.call("SET", test.key("invoices", "message:m1"), "x");

        CheckReport report = test.admin.check(null, Duration.ZERO);

        assertThat(report.queues()).isEqualTo(2);
        assertThat(report.findings()).extracting(Finding::queue).containsExactly("invoices", "orders");
    }

    @Test
    void negativePauseIsRefused() {
        assertThatThrownBy(() -> test.admin.check("orders", Duration.ofMillis(-1)))
                .isInstanceOf(QueueAdminException.class);
    }
}
