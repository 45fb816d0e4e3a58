// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.Job.State;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueStatus;

/** For operators, a message that has woken a consumer is ready until it is claimed, and a wake-up is nothing. */
class ArrivedMessagesTest {

    private final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    private String key(String name) {
        return test.key("orders", name);
    }

    /** Messages, of which this number have woken consumers, after a wake-up without a message. */
    private void ready(int arrived, String... ids) {
        test.call("SADD", test.prefix + ":queues", "orders");
        for (String id : ids) {
            test.call("SET", key("message:" + id), "body of " + id);
            test.call("LPUSH", key("ready"), id);
        }
        for (int i = 0; i < arrived; i++) {
            test.call("LMOVE", key("ready"), key("arrived"), "RIGHT", "LEFT");
        }
        test.call("LPUSH", key("arrived"), "");
    }

    private List<?> list(String name) {
        return (List<?>) test.call("LRANGE", key(name), 0, -1);
    }

    private Job end(Job job) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> test.admin.job(job.id()).orElseThrow().state() != State.RUNNING);
        return test.admin.job(job.id()).orElseThrow();
    }

    private QueueStatus status() {
        return test.admin.queue("orders");
    }

    @Test
    void areCounted() {
        ready(2, "m1", "m2", "m3");
        assertThat(status().ready()).isEqualTo(3);

        test.call("DEL", key("ready"), key("arrived"));
        test.call("LPUSH", key("ready"), "");
        assertThat(status().ready()).isZero();
    }

    @Test
    void areListedFirst() {
        ready(2, "m1", "m2", "m3");

        assertThat(test.admin.browse("orders", Place.READY, null, 10).messages())
                .extracting(MessageSummary::id)
                .containsExactly("m1", "m2", "m3");
        assertThat(test.admin.message("orders", "m1").orElseThrow().summary().place())
                .isEqualTo(Place.READY);
    }

    @Test
    void areListedInPages() {
        ready(2, "m1", "m2", "m3");

        String cursor = null;
        StringBuilder ids = new StringBuilder();
        do {
            var page = test.admin.browse("orders", Place.READY, cursor, 1);
            page.messages().forEach(message -> ids.append(message.id()));
            cursor = page.next();
        } while (cursor != null);

        assertThat(ids.toString()).isEqualTo("m1m2m3");
    }

    @Test
    void canBeDeleted() {
        ready(2, "m1", "m2", "m3");

        test.admin.deleteMessage("orders", "m1");

        assertThat(list("ready")).isEqualTo(List.of("m3", "m2"));
        assertThat(list("arrived")).isEmpty();
        assertThat(test.call("EXISTS", key("message:m1"))).isEqualTo(0L);
    }

    @Test
    void arePurged() {
        ready(2, "m1", "m2", "m3");

        Job job = end(test.admin.purge("orders"));

        assertThat(job.total()).isEqualTo(3);
        assertThat(job.changed()).isEqualTo(3);
        assertThat((List<?>) test.call("KEYS", key("message:*"))).isEmpty();
        assertThat(status().ready()).isZero();
    }

    @Test
    void areMoved() {
        ready(2, "m1", "m2", "m3");

        end(test.admin.move("orders", Place.READY, MessageSelection.ids(List.of("m2")), "other"));
        assertThat(test.call("LRANGE", test.key("other", "ready"), 0, -1)).isEqualTo(List.of("m2"));
        end(test.admin.move("orders", Place.READY, MessageSelection.all(), "other"));

        assertThat(test.call("LRANGE", test.key("other", "ready"), 0, -1)).isEqualTo(List.of("m3", "m1", "m2"));
        assertThat(status().ready()).isZero();
    }

    @Test
    void areDeletedWithTheirQueue() {
        ready(2, "m1", "m2");
        test.call("LPUSH", key("ready"), "");

        assertThat(end(test.admin.deleteQueue("orders")).state()).isEqualTo(State.DONE);

        assertThat((List<?>) test.call("KEYS", key("*")))
                .allSatisfy(key -> assertThat(key.toString()).contains(":job:"));
    }

    @Test
    void areNotDamaged() {
        ready(2, "m1", "m2", "m3");
        test.call("RPUSH", key("ready"), "");

        assertThat(test.admin.check("orders", Duration.ZERO).findings()).isEmpty();
    }

    @Test
    void damageIsFoundAndRepaired() {
        ready(3, "m1", "m2", "m3", "m1");
        test.call("LPUSH", key("ready"), "m2");
        test.call("DEL", key("message:m3"));

        List<Finding> findings = test.admin.check("orders", Duration.ZERO).findings();

        assertThat(findings)
                .extracting(Finding::kind)
                .containsExactlyInAnyOrder(
                        Finding.Kind.READY_TWICE, Finding.Kind.READY_TWICE, Finding.Kind.MISSING_MESSAGE);
        assertThat(test.admin.repair(findings).repaired()).containsExactlyInAnyOrderElementsOf(findings);
        assertThat(list("ready")).isEqualTo(List.of("m2", "m1"));
        assertThat(list("arrived")).isEmpty();
    }

    @Test
    void wrongTypeIsFound() {
        ready(0, "m1");
        test.call("DEL", key("arrived"));
        test.call("SET", key("arrived"), "not a list");

        assertThat(test.admin.check("orders", Duration.ZERO).findings())
                .extracting(Finding::kind)
                .containsExactly(Finding.Kind.WRONG_TYPE);
        assertThat(status().ready()).isEqualTo(1);
    }
}
