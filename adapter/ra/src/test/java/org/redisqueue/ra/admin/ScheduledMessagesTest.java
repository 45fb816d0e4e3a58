// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.Job.State;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;

/** What operators see of scheduled messages, and how they cancel, delete and repair them. */
class ScheduledMessagesTest {

    private static final Instant DUE = Instant.parse("2090-01-01T00:00:00Z");

    private final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    private String key(String name) {
        return test.key("orders", name);
    }

    private void message(String id) {
        test.call("SADD", test.prefix + ":queues", "orders");
        test.call("SET", key("message:" + id), "body of " + id);
    }

    /** A message that is due this many seconds after {@link #DUE}. */
    private void scheduled(String id, int seconds) {
        message(id);
        test.call("ZADD", key("scheduled"), DUE.plusSeconds(seconds).toEpochMilli(), id);
    }

    private Job end(Job job) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> test.admin.job(job.id()).orElseThrow().state() != State.RUNNING);
        return test.admin.job(job.id()).orElseThrow();
    }

    private boolean exists(String name) {
        return test.call("EXISTS", key(name)).equals(1L);
    }

    @Test
    void areCountedAndListedByDueTime() {
        scheduled("m1", 20);
        scheduled("m2", 10);
        scheduled("m3", 30);

        assertThat(test.admin.queue("orders").scheduled()).isEqualTo(3);
        assertThat(test.admin.queue("orders").ready()).isZero();
        var page = test.admin.browse("orders", Place.SCHEDULED, null, 2);
        assertThat(page.messages()).extracting(MessageSummary::id).containsExactly("m2", "m1");
        assertThat(page.messages().get(0).due()).isEqualTo(DUE.plusSeconds(10));
        assertThat(test.admin.browse("orders", Place.SCHEDULED, page.next(), 2).messages())
                .extracting(MessageSummary::id)
                .containsExactly("m3");
        MessageSummary summary =
                test.admin.message("orders", "m1").orElseThrow().summary();
        assertThat(summary.place()).isEqualTo(Place.SCHEDULED);
        assertThat(summary.due()).isEqualTo(DUE.plusSeconds(20));
    }

    @Test
    void areCanceledWhichTheAuditRecords() {
        scheduled("m1", 0);
        message("m2");
        test.call("LPUSH", key("ready"), "m2");

        assertThat(test.admin.cancelScheduled("orders", "m1")).isTrue();
        assertThat(test.admin.cancelScheduled("orders", "m1")).isFalse();
        assertThat(test.admin.cancelScheduled("orders", "m2")).isFalse();

        assertThat(exists("message:m1")).isFalse();
        assertThat(exists("message:m2")).isTrue();
        assertThat(test.admin.audit(null, 10))
                .extracting(AuditEntry::action)
                .hasSize(3)
                .containsOnly("cancelScheduled");
    }

    @Test
    void canBeDeleted() {
        scheduled("m1", 0);
        test.call("ZADD", key("expiry"), DUE.plusSeconds(1).toEpochMilli(), "m1");

        test.admin.deleteMessage("orders", "m1");

        assertThat(exists("message:m1")).isFalse();
        assertThat(exists("scheduled")).isFalse();
        assertThat(exists("expiry")).isFalse();
    }

    @Test
    void stayWhenReadyMessagesAreMovedOrPurged() {
        scheduled("m1", 0);
        message("m2");
        test.call("LPUSH", key("ready"), "m2");

        end(test.admin.move("orders", Place.READY, MessageSelection.all(), "other"));
        end(test.admin.purge("orders"));

        assertThat(test.admin.queue("orders").scheduled()).isEqualTo(1);
        assertThat(exists("message:m1")).isTrue();
    }

    @Test
    void areDeletedWithTheQueue() {
        for (int i = 0; i < 1_500; i++) {
            scheduled("m" + i, i);
        }
        test.call("ZADD", key("expiry"), DUE.plusSeconds(1).toEpochMilli(), "m1");
        test.call("SET", key("watchers"), "a 1 1 ");

        Job job = end(test.admin.deleteQueue("orders"));

        assertThat(job.state()).as(String.valueOf(job.failure())).isEqualTo(State.DONE);
        assertThat(job.changed()).isEqualTo(1_500);
        assertThat((List<?>) test.call("KEYS", key("*")))
                .allMatch(key -> key.toString().contains(":job:"));
    }

    @Test
    void areSound() {
        scheduled("m1", 0);
        test.call("ZADD", key("expiry"), DUE.plusSeconds(1).toEpochMilli(), "m1");

        assertThat(test.admin.check("orders", Duration.ofMillis(1)).findings()).isEmpty();
    }

    @Test
    void areRepaired() {
        scheduled("m1", 0);
        test.call("DEL", key("message:m1"));
        scheduled("m2", 0);
        test.call("LPUSH", key("ready"), "m2");
        scheduled("m3", 0);
        test.call("ZADD", key("dead"), 1, "m3");

        List<Finding> findings =
                test.admin.check("orders", Duration.ofMillis(1)).findings();

        assertThat(findings)
                .extracting(Finding::kind, Finding::id, Finding::repairable)
                .containsExactlyInAnyOrder(
                        tuple(Kind.MISSING_MESSAGE, "m1", true),
                        tuple(Kind.SEVERAL_PLACES, "m2", true),
                        tuple(Kind.SEVERAL_PLACES, "m3", true));
        assertThat(test.admin.repair(findings).repaired()).hasSize(3);
        assertThat(exists("scheduled")).isFalse();
        assertThat(test.call("LRANGE", key("ready"), 0, -1)).isEqualTo(List.of("m2"));
        assertThat(test.admin.check("orders", Duration.ofMillis(1)).findings()).isEmpty();
    }

    @Test
    void keyOfTheWrongTypeIsReported() {
        message("m1");
        test.call("LPUSH", key("ready"), "m1");
        test.call("SET", key("scheduled"), "x");

        assertThat(test.admin.check("orders", Duration.ofMillis(1)).findings())
                .extracting(Finding::kind)
                .contains(Kind.WRONG_TYPE);
    }
}
