// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueHistory;
import org.redisqueue.admin.QueueStatus;

class QueuesTest {

    private final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    private QueueStatus orders() {
        return test.admin.queue("orders");
    }

    private long now() {
        List<?> time = (List<?>) test.call("TIME");
        return Long.parseLong(time.get(0).toString()) * 1000;
    }

    @Test
    void unknownQueueIsEmpty() {
        assertThat(orders())
                .isEqualTo(new QueueStatus("orders", 0, 0, 0, 0, 0, 0, 0, null, false, null, 0, 0, 0, Map.of()));
        assertThat(test.admin.queues()).isEmpty();
    }

    @Test
    void countsMessagesByPlace() {
        test.call("RPUSH", test.key("orders", "ready"), "a", "b", "c");
        test.call("ZADD", test.key("orders", "processing"), "1", "d token", "2", "e -", "3", "f -", "inf", "g token");
        test.call("ZADD", test.key("orders", "dead"), "1", "h");

        QueueStatus status = orders();

        assertThat(status.ready()).isEqualTo(3);
        assertThat(status.delivering()).isEqualTo(1);
        assertThat(status.redelivering()).isEqualTo(2);
        assertThat(status.inDoubt()).isEqualTo(1);
        assertThat(status.dead()).isEqualTo(1);
    }

    @Test
    void settingsAreReported() {
        test.admin.changeSetting("orders", "rateLimit", "100/s");
        test.call("HSET", test.key("orders", "settings"), "maxQueueConcurrency", "many", "other", "value");

        assertThat(orders().settings()).isEqualTo(Map.of("rateLimit", "100/s", "maxQueueConcurrency", "many"));
    }

    @Test
    void estimatesClaimedAndWaitingMessagesIfThereAreMany() {
        test.call(
                "EVAL",
                "for i = 1, 4000 do redis.call('ZADD', KEYS[1], i, i .. (i % 4 == 0 and ' token' or ' -')) end "
                        + "for i = 1, 500 do redis.call('ZADD', KEYS[1], 'inf', 'p' .. i .. ' token') end",
                1,
                test.key("orders", "processing"));

        QueueStatus status = orders();

        assertThat(status.inDoubt()).isEqualTo(500);
        assertThat(status.delivering() + status.redelivering()).isEqualTo(4000);
        assertThat(status.redelivering()).isBetween(2600L, 3400L); // 3000, give or take nine standard deviations
    }

    @Test
    void ageOfTheNextMessageIsKnownFromItsHeader() {
        String sent = Instant.ofEpochMilli(now()).minus(90, ChronoUnit.SECONDS).toString();
        test.call("SET", test.key("orders", "message:next"), "RQ/1\r\nsent: " + sent + "\r\n\r\na book");
        test.call("RPUSH", test.key("orders", "ready"), "other", "next");

        assertThat(orders().oldestReady()).isCloseTo(Duration.ofSeconds(90), Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource({"3600, 90, 90", "90, 3600, 90", "90, -3600, 0", "90, yesterday, 90"})
    void ageOfAScheduledMessageDoesNotIncludeItsDelay(int sentBefore, String dueBefore, int age) {
        Instant now = Instant.ofEpochMilli(now());
        String due = dueBefore.matches("-?\\d+")
                ? now.minusSeconds(Long.parseLong(dueBefore)).toString()
                : dueBefore;
        String headers = "sent: " + now.minusSeconds(sentBefore) + "\r\nDeliver-At: " + due;
        test.call("SET", test.key("orders", "message:next"), "RQ/1\r\n" + headers + "\r\n\r\na book");
        test.call("RPUSH", test.key("orders", "ready"), "next");

        assertThat(orders().oldestReady()).isCloseTo(Duration.ofSeconds(age), Duration.ofSeconds(10));
    }

    @Test
    void ageOfTheNextMessageIsUnknownIfItsProducerDidNotRecordIt() {
        test.call("SET", test.key("orders", "message:next"), "a book");
        test.call("RPUSH", test.key("orders", "ready"), "next");

        assertThat(orders().oldestReady()).isNull();
    }

    @Test
    void listsKnownQueuesByName() {
        test.call("SADD", test.prefix + ":queues", "b", "a", "not a name");
        test.call("RPUSH", test.key("b", "ready"), "m1");

        assertThat(test.admin.queues()).extracting(QueueStatus::name).containsExactly("a", "b");
        assertThat(test.admin.queues()).extracting(QueueStatus::ready).containsExactly(0L, 1L);
    }

    @Test
    void listsMoreQueuesThanOneCallDescribes() {
        test.call(
                "EVAL",
                "for i = 1, 250 do local name = 'q' .. 1000 + i redis.call('SADD', KEYS[1] .. ':queues', name) "
                        + "redis.call('RPUSH', KEYS[1] .. ':{' .. name .. '}:ready', i) end",
                1,
                test.prefix);

        assertThat(test.admin.queues()).hasSize(250).allMatch(status -> status.ready() == 1);
    }

    @Test
    void keyOfWrongTypeCountsAsEmpty() {
        test.call("SET", test.key("orders", "ready"), "x");
        test.call("SET", test.key("orders", "processing"), "x");
        test.call("ZADD", test.key("orders", "dead"), "1", "h");

        assertThat(orders().ready()).isZero();
        assertThat(orders().dead()).isEqualTo(1);
    }

    @Test
    void queueIsPausedUntilItIsResumed() {
        test.admin.pause("orders", null);

        assertThat(orders().paused()).isTrue();
        assertThat(orders().pausedUntil()).isNull();

        test.admin.resume("orders");

        assertThat(orders().paused()).isFalse();
    }

    @Test
    void pauseEndsAfterItsDuration() {
        test.admin.pause("orders", Duration.ofMinutes(10));

        assertThat(orders().paused()).isTrue();
        assertThat(orders().pausedUntil())
                .isCloseTo(Instant.ofEpochMilli(now()).plusSeconds(600), within(10, ChronoUnit.SECONDS));
        assertThat((Long) test.call("PTTL", test.key("orders", "paused"))).isBetween(1L, 600_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.5S", "P366D"})
    void pauseOfInvalidDurationIsRefused(String duration) {
        assertThatThrownBy(() -> test.admin.pause("orders", Duration.parse(duration)))
                .isInstanceOfSatisfying(
                        QueueAdminException.class,
                        e -> assertThat(e.kind()).isEqualTo(QueueAdminException.Kind.INVALID))
                .hasMessageContaining("1 second to 365 days");
        assertThat(orders().paused()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "not a name", "{orders}", "a/b"})
    void invalidQueueNameIsRefused(String name) {
        assertThatThrownBy(() -> test.admin.queue(name))
                .isInstanceOf(QueueAdminException.class)
                .hasMessageContaining("Invalid queue name");
    }

    @Test
    void pausingIsAudited() {
        test.admin.as("alice", "console").pause("orders", Duration.ofMinutes(10));

        assertThat(test.admin.audit(null, 10)).singleElement().satisfies(entry -> {
            assertThat(entry.actor()).isEqualTo("alice");
            assertThat(entry.action()).isEqualTo("pause");
            assertThat(entry.queue()).isEqualTo("orders");
            assertThat(entry.details()).containsEntry("duration", "PT10M");
        });
    }

    @Test
    void failedChangeIsAuditedWithItsReason() {
        assertThatThrownBy(() -> test.admin.pause("orders", Duration.ZERO)).isInstanceOf(QueueAdminException.class);

        assertThat(test.admin.audit(null, 10)).hasSize(2);
        assertThat(test.admin.audit(null, 10).get(0).failure()).contains("1 second to 365 days");
        assertThat(test.admin.audit(null, 10).get(1).failure()).isNull();
    }

    @Test
    void historyCountsDeliveriesOfEachMinute() {
        long minute = now() / 60_000;
        count(minute - 2, 7, 1);
        count(minute - 1, 300, 70_000);

        QueueHistory history = test.admin.history("orders", 5);
        int current = (int) (now() / 60_000 - history.firstMinute().getEpochSecond() / 60); // a minute may have passed
        int last = (int) (minute - 1 - history.firstMinute().getEpochSecond() / 60);

        assertThat(history.delivered()).hasSize(5);
        assertThat(current).isBetween(4, 5);
        assertThat(history.delivered().get(last)).isEqualTo(300);
        assertThat(history.failed().get(last)).isEqualTo(70_000);
        assertThat(history.delivered().get(last - 1)).isEqualTo(7);
        assertThat(history.failed().get(last - 1)).isEqualTo(1);
        assertThat(history.delivered().get(last - 2)).isZero();
    }

    @Test
    void historyOfOneDaySpansTwoDaysOfCounters() {
        long minute = now() / 60_000;
        count(minute - 1438, 5, 0);

        QueueHistory history = test.admin.history("orders", 1440);

        assertThat(history.delivered()).hasSize(1440);
        assertThat(history.delivered().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(5);
    }

    private void count(long minute, int delivered, int failed) {
        long index = minute % 1440 * 2;
        test.call(
                "BITFIELD",
                test.key("orders", "history:" + minute / 1440),
                "SET",
                "u32",
                "#" + index,
                delivered,
                "SET",
                "u32",
                "#" + (index + 1),
                failed);
    }
}
