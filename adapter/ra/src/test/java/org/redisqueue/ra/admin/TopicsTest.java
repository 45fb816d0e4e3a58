// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.TopicStatus;
import org.redisqueue.admin.UnbindReport;
import org.redisqueue.ra.protocol.SendRequest;

/** What operators see and change of topics. */
class TopicsTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    private List<Finding> check(String queue) {
        return test.admin.check(queue, Duration.ofMillis(1)).findings();
    }

    private SendRequest message(String queue) {
        return new SendRequest(queue, "m1", "body".getBytes(StandardCharsets.UTF_8), 0);
    }

    @Test
    void topicsAreListedWithTheirQueues() {
        assertThat(test.admin.topics()).isEmpty();

        assertThat(test.admin.bind("events", "orders")).isTrue();
        assertThat(test.admin.bind("events", "billing")).isTrue();
        assertThat(test.admin.bind("events", "billing")).isFalse();
        test.admin.bind("alarms", "orders");

        assertThat(test.admin.topics())
                .containsExactly(
                        new TopicStatus("alarms", List.of("orders")),
                        new TopicStatus("events", List.of("billing", "orders")));
        assertThat(test.admin.topic("events").queues()).containsExactly("billing", "orders");
        assertThat(test.admin.topic("unknown").queues()).isEmpty();
        assertThat(test.admin.queues()).extracting(queue -> queue.name()).containsExactly("billing", "orders");
    }

    @Test
    void unbindWaitsForPublishersAndReportsWhatRemains() {
        test.admin.bind("events", "orders");
        test.operations.send(List.of(message("orders"))).join();
        test.operations
                .prepare("00020005-aa-bb", "billing", List.of(), List.of(message("orders"), message("billing")))
                .join();
        long start = System.nanoTime();

        UnbindReport report = test.admin.unbind("events", "orders");

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(report.unbound()).isTrue();
        assertThat(report.remaining().name()).isEqualTo("orders");
        assertThat(report.remaining().ready()).isEqualTo(1);
        assertThat(report.preparedBranches()).isEqualTo(1);
        assertThat(test.admin.topics()).isEmpty();
        assertThat(test.admin.unbind("events", "orders").unbound()).isFalse();
    }

    @Test
    void changesAreAudited() {
        test.admin.as("olga", "cli").bind("events", "orders");
        test.admin.as("olga", "cli").unbind("events", "orders");

        assertThat(test.admin.audit(null, 10))
                .allSatisfy(entry -> {
                    assertThat(entry.actor()).isEqualTo("olga");
                    assertThat(entry.queue()).isEqualTo("orders");
                    assertThat(entry.details()).containsEntry("topic", "events");
                })
                .extracting(AuditEntry::action)
                .containsExactly("unbind", "bind");
    }

    @Test
    void namesAreChecked() {
        assertThatThrownBy(() -> test.admin.bind("no topic", "orders"))
                .isInstanceOf(QueueAdminException.class)
                .hasMessageContaining("RQ-106 Invalid topic name 'no topic'");
        assertThatThrownBy(() -> test.admin.unbind("events", "no queue"))
                .isInstanceOf(QueueAdminException.class)
                .hasMessageContaining("RQ-106 Invalid queue name 'no queue'");
        assertThatThrownBy(() -> test.admin.topic("")).isInstanceOf(QueueAdminException.class);
    }

    @Test
    void deletingAQueueEndsItsBindings() {
        test.admin.bind("events", "orders");
        test.admin.bind("events", "billing");
        test.admin.bind("alarms", "orders");
        test.operations.send(List.of(message("orders"))).join();

        long start = System.nanoTime();
        Job job = test.admin.deleteQueue("orders");
        await().atMost(LONG).until(() -> test.admin.job(job.id()).orElseThrow().state() != Job.State.RUNNING);

        assertThat(test.admin.job(job.id()).orElseThrow().state()).isEqualTo(Job.State.DONE);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("waits for publishers")
                .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
        assertThat(test.admin.topics()).containsExactly(new TopicStatus("events", List.of("billing")));
    }

    @Test
    void queueThatIsNotDeletedKeepsItsBindings() {
        test.admin.bind("events", "orders");
        test.call("SET", test.key("orders", "message:m1"), "held by a consumer");
        test.call("ZADD", test.key("orders", "processing"), 4_000_000_000_000L, "m1 token");
        Queues queues = new Queues(test.operations, new Servers(test.operations));
        Topics topics = new Topics(test.operations, queues, new InDoubtBranches(test.operations));

        Job job = new Jobs(test.operations, queues, topics, Duration.ofMillis(300)).deleteQueue("orders");
        await().atMost(LONG).until(() -> test.admin.job(job.id()).orElseThrow().state() != Job.State.RUNNING);

        assertThat(test.admin.job(job.id()).orElseThrow().state()).isEqualTo(Job.State.FAILED);
        assertThat(test.admin.topic("events").queues()).containsExactly("orders");
    }

    @Test
    void topicsHaveAtMostAThousandBindings() {
        for (int i = 0; i < 1_000; i++) {
            test.call("SADD", test.key("events", "bindings"), "queue" + i);
        }

        assertThatThrownBy(() -> test.admin.bind("events", "orders"))
                .hasMessageContaining("1000 queues are bound to the topic, the maximum")
                .isInstanceOfSatisfying(
                        QueueAdminException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(QueueAdminException.Kind.CONFLICT));
        assertThat(test.admin.bind("events", "queue7")).isFalse();
    }

    @Test
    void deletingAQueueKeepsTheTopicOfThatName() {
        test.admin.bind("orders", "billing");
        test.operations.send(List.of(message("orders"))).join();

        Job job = test.admin.deleteQueue("orders");
        await().atMost(LONG).until(() -> test.admin.job(job.id()).orElseThrow().state() != Job.State.RUNNING);

        assertThat(test.admin.topic("orders").queues()).containsExactly("billing");
    }

    @Test
    void boundQueueThatExistsHasNoFindings() {
        test.admin.bind("events", "orders");

        assertThat(check(null)).isEmpty();
        assertThat(check("orders")).isEmpty();
    }

    @Test
    void bindingToAQueueThatDoesNotExistIsReported() {
        test.admin.bind("events", "orders");
        test.admin.bind("events", "billing");
        test.call("SREM", test.prefix + ":queues", "orders");

        assertThat(check(null)).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.BINDING_WITHOUT_QUEUE);
            assertThat(finding.queue()).isEqualTo("events");
            assertThat(finding.id()).isEqualTo("orders");
            assertThat(test.admin.repair(List.of(finding)).remaining()).containsExactly(finding);
            // Repairs nothing, even if a front end claims that it can
            assertThat(test.admin
                            .repair(List.of(new Finding(finding.kind(), "events", "orders", "", true)))
                            .repaired())
                    .isEmpty();
        });
        assertThat(check("billing")).isEmpty();
        assertThat(check("orders")).hasSize(1);
        assertThat(test.admin.topic("events").queues()).containsExactly("billing", "orders");

        test.call("LPUSH", test.key("orders", "ready"), "m1");
        test.call("SET", test.key("orders", "message:m1"), "body");
        assertThat(check("orders")).isEmpty();
    }

    @Test
    void malformedBindingIsRemoved() {
        test.admin.bind("events", "orders");
        test.call("SADD", test.key("events", "bindings"), "no queue");
        test.call("SADD", test.key("events", "bindings"), new byte[] {(byte) 0xff});

        Finding finding = check(null).get(0);
        assertThat(finding.kind()).isEqualTo(Kind.MALFORMED_BINDING);
        assertThat(finding.id()).isNull();
        assertThat(test.admin.repair(List.of(finding)).repaired()).containsExactly(finding);

        assertThat(check(null)).isEmpty();
        assertThat(test.admin.topic("events").queues()).containsExactly("orders");
        assertThat(test.admin.repair(List.of(finding)).remaining()).hasSize(1);
        Finding claimed = new Finding(Kind.MALFORMED_BINDING, "events", "orders", "", true);
        assertThat(test.admin.repair(List.of(claimed)).repaired()).isEmpty();
    }

    @Test
    void topicsThatCannotBeReadDoNotStopTheCheckOfQueues() {
        test.admin.bind("events", "orders");
        test.call("DEL", test.prefix + ":topics");
        test.call("SET", test.prefix + ":topics", "no set");
        test.call("LPUSH", test.key("orders", "ready"), "gone");

        CheckReport report = test.admin.check(null, Duration.ofMillis(1));

        assertThat(report.findings()).extracting(Finding::kind).containsExactly(Kind.MISSING_MESSAGE);
        assertThat(report.skipped())
                .singleElement()
                .asString()
                .startsWith("The bindings of queues to topics were not checked: ")
                .contains("WRONGTYPE");
    }

    @Test
    void bindingsOfTheWrongTypeAreReportedAndHideNothing() {
        test.admin.bind("events", "orders");
        test.call("SADD", test.prefix + ":topics", "broken");
        test.call("SET", test.key("broken", "bindings"), "no set");

        assertThat(check(null)).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.WRONG_TYPE);
            assertThat(finding.queue()).isEqualTo("broken");
        });
        assertThat(test.admin.topics())
                .containsExactly(new TopicStatus("broken", List.of()), new TopicStatus("events", List.of("orders")));
    }
}
