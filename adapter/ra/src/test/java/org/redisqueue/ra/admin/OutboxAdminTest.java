// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
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
    void outboxesAreNotListed() {
        forget("orders", "mails");

        assertThat(admin.queues()).noneMatch(queue -> OutboxName.matches(queue.name()));

        admin.deleteDeadLetters(OutboxName.of("orders"), MessageSelection.all());
        await().until(() -> admin.queue(OutboxName.of("orders")).dead() == 0);
    }
}
