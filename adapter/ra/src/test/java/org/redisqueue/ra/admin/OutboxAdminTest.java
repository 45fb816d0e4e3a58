// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.ra.client.Replies;
import org.redisqueue.ra.protocol.OutboxName;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Operators manage an outbox under its name like a queue. */
class OutboxAdminTest {

    private static TestRedis redis;
    private static AdminClient client;

    private final QueueAdmin admin = client.admin();
    private final QueueOperations operations = client.operations();

    @BeforeAll
    static void start() {
        redis = TestRedis.startCluster();
        TestProperties properties = TestProperties.of(redis);
        properties.setMode("cluster");
        client = AdminClient.of(properties);
    }

    @AfterAll
    static void stop() {
        client.close();
        redis.close();
    }

    private void forget(String home, String destination) {
        SendRequest message = new SendRequest(destination, "m1", new byte[] {'x'}, 0);
        Replies.await(operations.prepare("branch", home, List.of(), List.of(message)));
        assertThat(Replies.await(operations.forget("branch", home))).isTrue();
    }

    private String firstDeadLetter(String queue) {
        return admin.browse(queue, Place.DEAD, null, 10).messages().get(0).id();
    }

    @Test
    void messageOfAForgottenBranchIsSentAfterAll() {
        forget("orders", "bills");
        String outbox = OutboxName.of("orders");
        assertThat(admin.browse(outbox, Place.DEAD, null, 10).messages()).hasSize(1);
        assertThat(admin.queue(outbox).dead()).isEqualTo(1);
        assertThat(admin.queue("bills").ready()).isZero();

        Job job = admin.requeueDeadLetters(outbox, MessageSelection.all());
        await().until(() -> admin.job(job.id()).orElseThrow().state() == Job.State.DONE);
        operations.forwardLeft();

        await().until(() -> admin.queue("bills").ready() == 1);
        assertThat(admin.queue(outbox).ready()).isZero();
    }

    @Test
    void messageOfAForgottenBranchIsDeleted() {
        forget("orders", "mails");
        String outbox = OutboxName.of("orders");

        Job job = admin.deleteDeadLetters(outbox, MessageSelection.all());
        await().until(() -> admin.job(job.id()).orElseThrow().state() == Job.State.DONE);

        assertThat(admin.queue(outbox).dead()).isZero();
    }

    @Test
    void envelopeIsNotMovedToAQueue() {
        forget("orders", "mails");
        String outbox = OutboxName.of("orders");

        for (String target : List.of("mails", "orders")) {
            assertThatExceptionOfType(QueueAdminException.class)
                    .isThrownBy(() -> admin.move(outbox, Place.DEAD, MessageSelection.all(), target))
                    .withMessage(
                            "Messages cannot be moved from or to an outbox. Requeue or delete those of an outbox.");
        }

        admin.deleteDeadLetters(outbox, MessageSelection.all());
        await().until(() -> admin.queue(outbox).dead() == 0);
    }

    @Test
    void preparedBranchThatSendsToOtherSlotsIsNotDamaged() {
        SendRequest message = new SendRequest("mails", "m1", new byte[] {'x'}, 0);
        Replies.await(operations.prepare("healthy", "orders", List.of(), List.of(message)));

        assertThat(admin.inDoubt())
                .filteredOn(branch -> branch.xid().equals("healthy"))
                .singleElement()
                .satisfies(branch -> {
                    assertThat(branch.malformed()).isNull();
                    assertThat(branch.sent()).hasSize(1);
                });
        assertThat(admin.check("orders", Duration.ofMillis(10)).findings())
                .noneMatch(finding -> finding.kind() == Finding.Kind.MALFORMED_BRANCH);

        Replies.await(operations.rollback("healthy", "orders", true, 0));
    }

    @Test
    void outboxIsListedWhileItIsNotEmpty() {
        forget("orders", "mails");
        String outbox = OutboxName.of("orders");

        assertThat(admin.queues())
                .filteredOn(queue -> queue.name().equals(outbox))
                .singleElement()
                .returns(1L, QueueStatus::dead);

        admin.deleteDeadLetters(outbox, MessageSelection.all());
        await().until(() -> admin.queue(outbox).dead() == 0);
        assertThat(admin.queues()).noneMatch(queue -> queue.name().equals(outbox));
    }

    @Test
    void envelopeInNoPlaceIsFound() {
        forget("orphaned", "mails");
        String outbox = OutboxName.of("orphaned");
        String envelope = firstDeadLetter(outbox);
        redis.call("ZREM", "rq:{orphaned}outbox}:dead", envelope);

        for (String checked : Arrays.asList(null, outbox)) {
            assertThat(admin.check(checked, Duration.ofMillis(10)).findings())
                    .as("check of %s", checked)
                    .singleElement()
                    .returns(outbox, Finding::queue)
                    .returns(Finding.Kind.ORPHANED_MESSAGE, Finding::kind);
        }

        redis.call("DEL", "rq:{orphaned}outbox}:message:" + envelope, "rq:{orphaned}outbox}:errors");
    }

    @Test
    void queuesAreListedIfOutboxesCannotBe() {
        forget("orders", "mails");
        List<?> homes = (List<?>) redis.call("SMEMBERS", "rq:outboxes");
        redis.call("DEL", "rq:outboxes");
        redis.call("SET", "rq:outboxes", "no set");

        try {
            assertThat(admin.queues()).noneMatch(queue -> OutboxName.matches(queue.name()));
            assertThat(admin.check(null, Duration.ofMillis(10)).skipped())
                    .singleElement()
                    .asString()
                    .startsWith("The outboxes were not checked: ");
        } finally {
            redis.call("DEL", "rq:outboxes");
            homes.forEach(home -> redis.call("SADD", "rq:outboxes", home));
            admin.deleteDeadLetters(OutboxName.of("orders"), MessageSelection.all());
            await().until(() -> admin.queue(OutboxName.of("orders")).dead() == 0);
        }
    }

    @Test
    void entryWithoutEnvelopeIsFound() {
        String outbox = OutboxName.of("damaged");
        forget("damaged", "mails");
        redis.call("DEL", "rq:{damaged}outbox}:message:" + firstDeadLetter(outbox));

        assertThat(admin.check(null, Duration.ofMillis(10)).findings())
                .extracting(Finding::queue)
                .containsExactly(outbox);

        admin.deleteDeadLetters(outbox, MessageSelection.all());
        await().until(() -> admin.queue(outbox).dead() == 0);
    }
}
