// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.admin.InDoubtBranch.MessageReference;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.SendRequest;

class InDoubtBranchesTest {

    private static final String XID = "00020005-aabb-cc";

    private final TestAdmin test = new TestAdmin();

    @AfterEach
    void close() {
        test.close();
    }

    /** Prepares a branch that consumes m1 of queue orders, and sends n1 to queue mail. */
    private void prepare() {
        test.call("SET", test.key("orders", "message:m1"), "a book");
        test.call("LPUSH", test.key("orders", "ready"), "m1");
        List<Lease> leases =
                test.operations.claim(new ClaimRequest("orders", 1, 60_000, 9, 1_000)).join().messages().stream()
                        .map(ClaimedMessage::lease)
                        .toList();
        test.operations
                .prepare(XID, "orders", leases, List.of(new SendRequest("mail", "n1", "a mail".getBytes(), 0)))
                .join();
    }

    /** Makes the branch an hour older. */
    private void age() {
        test.call(
                "EVAL",
                "local record = redis.call('HGET', KEYS[1], ARGV[1]) redis.call('HSET', KEYS[1], ARGV[1], "
                        + "(string.gsub(record, '\"time\":(%d+)', function(t) return '\"time\":' .. "
                        + "string.format('%.0f', t - 3600000) end)))",
                1,
                test.key("orders", "prepared"),
                XID);
    }

    private static void assertProblem(Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        QueueAdminException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }

    @Test
    void preparedBranchIsListedWithItsMessages() {
        prepare();

        InDoubtBranch branch = test.admin.inDoubt().get(0);

        assertThat(branch.xid()).isEqualTo(XID);
        assertThat(branch.queue()).isEqualTo("orders");
        assertThat(branch.consumed()).containsExactly(new MessageReference("orders", "m1"));
        assertThat(branch.sent()).containsExactly(new MessageReference("mail", "n1"));
        assertThat(branch.age()).isBetween(Duration.ZERO, Duration.ofSeconds(20));
        assertThat(branch.malformed()).isNull();
    }

    @Test
    void messageInDoubtNamesItsBranch() {
        prepare();

        assertThat(test.admin.browse("orders", Place.IN_DOUBT, null, 10).messages())
                .extracting(MessageSummary::branch)
                .containsExactly(XID);
    }

    @Test
    void olderBranchesComeFirst() {
        prepare();
        age();
        test.call(
                "HSET",
                test.key("orders", "prepared"),
                "00020005-dd-ee",
                "{\"time\":32503680000000,\"consumed\":[],\"sent\":[]}");

        assertThat(test.admin.inDoubt()).extracting(InDoubtBranch::xid).containsExactly(XID, "00020005-dd-ee");
    }

    @Test
    void malformedRecordIsListedWithTheReason() {
        test.call("SADD", test.prefix + ":queues", "orders");
        test.call("HSET", test.key("orders", "prepared"), XID, "[]");

        InDoubtBranch branch = test.admin.inDoubt().get(0);

        assertThat(branch.malformed()).isEqualTo("it has no lists of consumed and sent messages");
        assertThat(branch.prepared()).isNull();
        assertProblem(Kind.CONFLICT, () -> test.admin.decide(XID, Decision.ROLLBACK, true));
    }

    @Test
    void committedBranchAcknowledgesAndSends() {
        prepare();
        age();

        test.admin.decide(XID, Decision.COMMIT, false);

        assertThat(test.admin.inDoubt()).isEmpty();
        assertThat(test.admin.message("orders", "m1")).isEmpty();
        assertThat(test.admin.queue("mail").ready()).isEqualTo(1);
    }

    @Test
    void rolledBackBranchRedeliversAndSendsNothing() {
        prepare();
        age();

        test.admin.decide(XID, Decision.ROLLBACK, false);

        assertThat(test.admin.inDoubt()).isEmpty();
        assertThat(test.admin.queue("orders").inDoubt()).isZero();
        assertThat(test.admin.message("orders", "m1")).isPresent();
        assertThat(test.admin.message("mail", "n1")).isEmpty();
    }

    @Test
    void forgottenBranchLeavesDeadLetters() {
        prepare();
        age();

        test.admin.decide(XID, Decision.FORGET, false);

        assertThat(test.admin.inDoubt()).isEmpty();
        assertThat(test.admin.queue("orders").dead()).isEqualTo(1);
        assertThat(test.admin.queue("mail").dead()).isEqualTo(1);
    }

    @Test
    void youngBranchIsEndedOnlyByForce() {
        prepare();

        assertProblem(Kind.CONFLICT, () -> test.admin.decide(XID, Decision.ROLLBACK, false));
        assertThat(test.admin.inDoubt()).hasSize(1);

        test.admin.decide(XID, Decision.ROLLBACK, true);

        assertThat(test.admin.inDoubt()).isEmpty();
    }

    @Test
    void unknownBranchIsNotFound() {
        assertProblem(Kind.NOT_FOUND, () -> test.admin.decide(XID, Decision.COMMIT, true));
    }

    @Test
    void decisionIsAudited() {
        prepare();
        test.admin.as("alice", "cli").decide(XID, Decision.ROLLBACK, true);

        assertThat(test.admin.audit(null, 1)).singleElement().satisfies(entry -> {
            assertThat(entry.actor()).isEqualTo("alice");
            assertThat(entry.details()).containsEntry("xid", XID).containsEntry("decision", "rollback");
        });
    }

    @Test
    void manyBranchesAreListed() {
        test.call("SADD", test.prefix + ":queues", "orders");
        test.call(
                "EVAL",
                "for i = 1, 3000 do redis.call('HSET', KEYS[1], '00020005-aa-' .. string.format('%04x', i), "
                        + "'{\"time\":1000,\"consumed\":[],\"sent\":[]}') end",
                1,
                test.key("orders", "prepared"));

        assertThat(test.admin.inDoubt())
                .extracting(InDoubtBranch::xid)
                .hasSize(3000)
                .doesNotHaveDuplicates();
    }
}
