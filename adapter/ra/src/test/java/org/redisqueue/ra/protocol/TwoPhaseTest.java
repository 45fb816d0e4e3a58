// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.DeadLetter;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Two-phase commits: preparation, then commit, rollback or forget; and recovery. */
class TwoPhaseTest {

    private final TestQueue queue = TestQueue.create();
    private final TestQueue other = TestQueue.create();
    private final String branch = UUID.randomUUID().toString();

    @Test
    void preparedMessagesAreHeldIndefinitely() {
        Lease lease = queue.held("m1");

        assertThat(queue.prepare(branch, List.of(lease))).isEmpty();

        assertThat(queue.due(lease)).isInfinite();
        assertThat(queue.exists("m1")).isTrue();
        assertThat(queue.prepared()).containsOnlyKeys(branch);
    }

    @Test
    void preparedSendsAreStoredButNotReady() {
        queue.prepare(branch, List.of(), queue.message("m1"), other.message("m2", 60_000));

        assertThat(queue.call("GET", queue.key("staged:" + branch + ":m1"))).isEqualTo("value of m1");
        assertThat(queue.exists("m1")).isFalse();
        assertThat(queue.ready()).isEmpty();
        assertThat(other.ready()).isEmpty();
        assertThat(other.call("PTTL", other.key("staged:" + branch + ":m2"))).isEqualTo(-1L);
        assertThat(queue.claim(1).messages()).isEmpty();
    }

    @Test
    void branchMaySendANewMessageWithTheIdOfTheOneItAcknowledges() {
        Lease lease = queue.held("m1");
        queue.redeliver(lease, 0, 9);
        Lease again = TestQueue.lease(queue.claim(1));
        byte[] value = "another".getBytes(StandardCharsets.UTF_8);
        queue.prepare(branch, List.of(again), new SendRequest(queue.name, "m1", value, 60_000));

        assertThat(queue.commit(branch)).isTrue();

        assertThat(queue.ready()).containsExactly("m1");
        assertThat(queue.call("GET", queue.key("message:m1"))).isEqualTo("another");
        assertThat(queue.expiry()).containsOnlyKeys("m1");
        assertThat(queue.failures()).isEmpty();
        assertThat(queue.processing()).isEmpty();
    }

    @Test
    void recordListsTheMessagesOfTheBranch() {
        Lease lease = queue.held("m1");

        queue.prepare(branch, List.of(lease), other.message("m2"));

        assertThat(queue.prepared().get(branch))
                .contains("\"consumed\":[[\"" + queue.name + "\",\"m1\",\"" + lease.token() + "\"]]")
                .contains("\"sent\":[[\"" + other.name + "\",\"m2\",0]]")
                .contains("\"time\":");
    }

    @Test
    void lostLeaseRefusesThePreparation() {
        List<Lease> leases = queue.held("m1", "m2");
        queue.letTimePass(leases.get(0));
        queue.claim(1);
        Map<String, Object> before = queue.everything();

        assertThat(queue.prepare(branch, leases, other.message("m3"))).containsExactly(leases.get(0));

        assertThat(queue.everything()).isEqualTo(before);
        assertThat(other.everything()).isEmpty();
    }

    @Test
    void messageOfAnotherBranchRefusesThePreparation() {
        Lease lease = queue.held("m1");
        queue.prepare("first " + branch, List.of(lease));
        Map<String, Object> before = queue.everything();

        assertThat(queue.prepare(branch, List.of(lease), queue.message("m2"))).containsExactly(lease);

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void idOfAPreparedBranchIsInUse() {
        Lease lease = queue.held("m1");
        queue.prepare(branch, List.of(lease), queue.message("m2"));
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> queue.prepare(branch, List.of(lease), queue.message("m2")))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("is already prepared");

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void commitAcknowledgesAndPublishes() {
        queue.redeliver(queue.held("m1"), 60_000, 9);
        queue.letTimePass("m1 -");
        queue.letTimePass(lease(queue.claim(1)));
        Lease one = lease(queue.claim(1));
        Lease two = other.held("m1");
        queue.prepare(branch, List.of(one, two), other.message("m2"), other.message("m3"));

        assertThat(queue.commit(branch)).isTrue();

        assertThat(queue.everything()).isEmpty();
        assertThat(other.ready()).containsExactly("m2", "m3");
        assertThat(other.processing()).isEmpty();
        assertThat(other.exists("m1")).isFalse();
    }

    @Test
    void repeatedCommitHasNoFurtherEffect() {
        queue.prepare(branch, List.of(queue.held("m1")), other.message("m2"));
        queue.commit(branch);
        Map<String, Object> before = other.everything();

        assertThat(queue.commit(branch)).isFalse();
        assertThat(queue.rollback(branch, 0)).isFalse();
        assertThat(queue.forget(branch)).isFalse();

        assertThat(other.everything()).isEqualTo(before);
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void rollbackPublishesNothingAndAcknowledgesNothing() {
        Lease lease = queue.held("m1");
        queue.prepare(branch, List.of(lease), other.message("m2"));

        double before = queue.now();
        assertThat(queue.rollback(branch, 30_000)).isTrue();

        assertThat(other.everything()).isEmpty();
        assertThat(queue.exists("m1")).isTrue();
        assertThat(queue.due(lease)).isBetween(before + 30_000, queue.now() + 30_000);
        assertThat(queue.prepared()).isEmpty();
    }

    @Test
    void consumerSchedulesTheRedeliveryAfterARollback() {
        Lease lease = queue.held("m1");
        queue.prepare(branch, List.of(lease));
        queue.rollback(branch, 30_000);

        assertThat(queue.redeliver(lease, 0, 9)).isEqualTo(RedeliveryResult.WAITING);

        assertThat(queue.failures()).containsExactly(entry("m1", "1"));
        assertThat(queue.abandoned()).isEmpty();
    }

    @Test
    void rollbackForADeadConsumerMakesTheMessageDueAtOnce() {
        queue.prepare(branch, List.of(queue.held("m1")));
        queue.rollback(branch, 0);

        assertThat(ids(queue.claim(1))).containsExactly("m1");
        assertThat(queue.abandoned()).containsExactly(entry("m1", "1"));
    }

    @Test
    void repeatedRollbackHasNoFurtherEffect() {
        queue.prepare(branch, List.of(queue.held("m1")), other.message("m2"));
        queue.rollback(branch, 30_000);
        Map<String, Object> before = queue.everything();

        assertThat(queue.rollback(branch, 30_000)).isFalse();
        assertThat(queue.commit(branch)).isFalse();

        assertThat(queue.everything()).isEqualTo(before);
        assertThat(other.everything()).isEmpty();
    }

    @Test
    void forgottenMessageThatDoesNotExistIsRecordedAsGone() {
        queue.prepare(branch, List.of(queue.held("m1")), other.message("m2"));
        queue.call("DEL", queue.key("message:m1"));

        assertThat(queue.forget(branch)).isTrue();

        assertThat(queue.hash("errors").get("m1")).contains("\"gone\":true");
        assertThat(other.hash("errors").get("m2")).doesNotContain("gone");
    }

    @Test
    void forgetDeadLettersTheMessagesOfTheBranch() {
        queue.letTimePass(queue.held("m1"));
        queue.prepare(branch, List.of(lease(queue.claim(1))), other.message("m2"));

        assertThat(queue.forget(branch)).isTrue();

        assertThat(queue.prepared()).isEmpty();
        assertThat(queue.processing()).isEmpty();
        assertThat(queue.abandoned()).isEmpty();
        assertThat(queue.dead()).containsExactly("m1");
        assertThat(other.dead()).containsExactly("m2");
        assertThat(queue.exists("m1")).isTrue();
        assertThat(other.exists("m2")).isTrue();
        assertThat(result(queue.operations().inspect(queue.name, 1)).deadLetters())
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.reason()).contains(branch).contains("forgotten");
                    assertThat(letter.deliveries()).isEqualTo(2);
                });
        assertThat(result(queue.operations().inspect(other.name, 1)).deadLetters())
                .extracting(DeadLetter::deliveries)
                .containsExactly(0);
    }

    @Test
    void repeatedForgetHasNoFurtherEffect() {
        queue.prepare(branch, List.of(queue.held("m1")));
        queue.forget(branch);
        Map<String, Object> before = queue.everything();

        assertThat(queue.forget(branch)).isFalse();
        assertThat(queue.commit(branch)).isFalse();
        assertThat(queue.rollback(branch, 0)).isFalse();

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void duplicateMessageIsNotPartOfTheBranch() {
        queue.send("m1");
        queue.prepare(branch, List.of(), queue.message("m1"), queue.message("m2"));

        queue.rollback(branch, 0);

        assertThat(queue.ready()).containsExactly("m1");
        assertThat(queue.exists("m1")).isTrue();
        assertThat(queue.exists("m2")).isFalse();
    }

    @Test
    void stagedIdIsAvailableToOthersUntilTheCommit() {
        queue.prepare(branch, List.of(), queue.message("m1"));
        assertThat(queue.send("m1")).as("duplicates").isEmpty();

        queue.rollback(branch, 0);

        assertThat(queue.ready()).containsExactly("m1");
        assertThat(queue.exists("m1")).isTrue();
    }

    @Test
    void commitDoesNotSendAnIdTakenMeanwhile() {
        queue.prepare(branch, List.of(), queue.message("m1"), queue.message("m2"));
        queue.send("m1");

        assertThat(queue.commit(branch)).isTrue();

        assertThat(queue.ready()).containsExactly("m1", "m2");
        assertThat(queue.everything())
                .containsOnlyKeys(queue.key("ready"), queue.key("message:m1"), queue.key("message:m2"));
    }

    @Test
    void timeToLiveOfSentMessagesBeginsWithThePreparation() {
        double before = queue.now();
        queue.prepare(branch, List.of(), queue.message("m1", 60_000), queue.message("m2"));

        assertThat(queue.commit(branch)).isTrue();

        assertThat(queue.ready()).containsExactly("m1", "m2");
        assertThat(queue.call("PTTL", queue.key("message:m1"))).isEqualTo(-1L);
        assertThat(Double.valueOf((String) queue.call("ZSCORE", queue.key("expiry"), "m1")))
                .isBetween(before + 60_000, queue.now() + 60_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void processThatPreparedABranchLearnsHowRecoveryEndedIt(boolean committed) {
        queue.prepare(branch, List.of(queue.held("m1")));
        if (committed) {
            result(queue.operations().commit(branch, queue.name, true));
        } else {
            result(queue.operations().rollback(branch, queue.name, true, 0));
        }

        assertThat(result(queue.operations().commit(branch, queue.name, false)))
                .isEqualTo(committed ? BranchEndResult.COMMITTED : BranchEndResult.ROLLED_BACK);
        assertThat((Long) queue.call("PTTL", queue.key("ended:" + branch))).isBetween(1L, 3_600_000L);
    }

    @Test
    void recordWithMessagesHeldByOthersAcknowledgesNone() {
        Lease lease = queue.held("m1");
        String record = "{\"time\":1,\"consumed\":[[\"%s\",\"m1\",\"%s\"]],\"sent\":[]}";
        queue.call("HSET", queue.key("prepared"), branch, record.formatted(queue.name, lease.token()));

        assertThat(queue.commit(branch)).isTrue();

        assertThat(queue.exists("m1")).isTrue();
        assertThat(queue.acknowledge(lease).done()).isTrue();
    }

    @Test
    void unknownBranchIsReportedAsEnded() {
        assertThat(queue.commit(branch)).isFalse();
        assertThat(queue.rollback(branch, 0)).isFalse();
        assertThat(queue.forget(branch)).isFalse();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void emptyBranchIsPreparedAndCommitted() {
        assertThat(queue.prepare(branch, List.of())).isEmpty();
        assertThat(queue.commit(branch)).isTrue();
        assertThat(queue.everything()).isEmpty();
    }

    @Test
    void recoveryFindsTheBranchesOfAllQueues() {
        String second = UUID.randomUUID().toString();
        queue.prepare(branch, List.of(queue.held("m1")));
        other.prepare(second, List.of(), other.message("m1"));

        assertThat(result(queue.operations().recover()).homes())
                .contains(entry(branch, Set.of(queue.name)), entry(second, Set.of(other.name)));

        queue.commit(branch);
        other.rollback(second, 0);
        assertThat(result(queue.operations().recover()).homes()).doesNotContainKeys(branch, second);
    }

    @Test
    void recoveryIgnoresARegisteredQueueWithoutKeys() {
        result(queue.operations().register(queue.name));

        assertThat(queue.call("SISMEMBER", "rq:queues", queue.name)).isEqualTo(1L);
        assertThat(result(queue.operations().recover()).homes()).doesNotContainValue(Set.of(queue.name));
    }

    @Test
    void nothingIsPreparedWhenTheReadyListOfATargetQueueHasTheWrongType() {
        Lease lease = queue.held("m1");
        other.call("SET", other.key("ready"), "no list");
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> queue.prepare(branch, List.of(lease), queue.message("m2"), other.message("m3")))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("WRONGTYPE");

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void everyPreparedBranchIsFoundByRecovery() {
        try (TestRedis own = TestRedis.start()) {
            RedisClient client = RedisClient.acquire(TestProperties.of(own));
            TestQueue here = TestQueue.create(own, TestQueue.operationsOf(client));
            Lease lease = here.held("m1");
            own.call("SET", "rq:queues", "no set");
            Map<String, Object> before = here.everything();

            assertThatThrownBy(() -> here.prepare(branch, List.of(lease), here.message("m2")))
                    .isInstanceOf(RedisCallException.class)
                    .hasMessageContaining("WRONGTYPE");

            assertThat(here.everything()).isEqualTo(before);
            client.release();
        }
    }

    @Test
    void nothingIsRolledBackWhileProcessingHasTheWrongType() {
        queue.prepare(branch, List.of(queue.held("m1")), queue.message("m2"));

        replacedWhile(
                "processing",
                () -> assertThatThrownBy(() -> queue.rollback(branch, 0))
                        .isInstanceOf(RedisCallException.class)
                        .hasMessageContaining("WRONGTYPE"));

        assertThat(queue.rollback(branch, 0)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ready", "processing", "failures", "abandoned"})
    void nothingIsCommittedUntilAllKeysHaveTheRightType(String suffix) {
        Lease lease = queue.held("m1");
        queue.prepare(branch, List.of(lease), other.message("m2"), queue.message("m3"));
        replacedWhile(
                suffix,
                () -> assertThatThrownBy(() -> queue.commit(branch))
                        .isInstanceOf(RedisCallException.class)
                        .hasMessageContaining("WRONGTYPE"));
        assertThat(other.ready()).isEmpty();

        assertThat(queue.commit(branch)).isTrue();

        assertThat(queue.ready()).containsExactly("m3");
        assertThat(queue.processing()).isEmpty();
        assertThat(queue.exists("m1")).isFalse();
        assertThat(other.ready()).containsExactly("m2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"processing", "dead", "errors", "failures", "abandoned"})
    void nothingIsForgottenWhileAKeyHasTheWrongType(String suffix) {
        queue.prepare(branch, List.of(queue.held("m1")), other.message("m2"));

        replacedWhile(
                suffix,
                () -> assertThatThrownBy(() -> queue.forget(branch))
                        .isInstanceOf(RedisCallException.class)
                        .hasMessageContaining("WRONGTYPE"));

        assertThat(other.dead()).isEmpty();
        assertThat(queue.forget(branch)).isTrue();
    }

    /** Replaces a key with a text during an action, and restores it; nothing else may change. */
    private void replacedWhile(String suffix, Runnable action) {
        String key = queue.key(suffix);
        boolean there = queue.call("EXISTS", key).equals(1L);
        if (there) {
            queue.call("RENAME", key, queue.key("kept"));
        }
        queue.call("SET", key, "of another type");
        Map<String, Object> before = queue.everything();

        action.run();

        assertThat(queue.everything()).isEqualTo(before);
        queue.call("DEL", key);
        if (there) {
            queue.call("RENAME", queue.key("kept"), key);
        }
    }

    /** Commits these branches by one call. */
    private void commitTogether(String... branches) {
        List<Object> call =
                new ArrayList<>(List.of("EVAL", Script.COMMIT.source(), branches.length + 1, queue.key("lane:none")));
        call.addAll(Collections.nCopies(branches.length, queue.key("prepared")));
        call.addAll(List.of("", "", "rq", "0"));
        for (String each : branches) {
            call.addAll(List.of(each, "0"));
        }
        queue.call(call.toArray());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 60_000})
    void newMessageDoesNotInheritTheDeadlineOfTheOneThatTheSameCallAcknowledges(long timeToLive) {
        String sending = UUID.randomUUID().toString();
        queue.prepare(sending, List.of(), queue.message("m1", timeToLive));
        queue.send("m1");
        queue.expireIn("m1", 30_000);
        queue.prepare(branch, List.of(lease(queue.claim(1))));
        double before = queue.now();

        commitTogether(branch, sending);

        assertThat(queue.ready()).containsExactly("m1");
        assertThat(queue.prepared()).isEmpty();
        if (timeToLive == 0) {
            assertThat(queue.expiry()).isEmpty();
        } else {
            assertThat(queue.expiry().get("m1")).isGreaterThan(before + 30_000);
        }
        assertThat(ids(queue.claim(1))).containsExactly("m1");
    }

    @Test
    void newMessageIsKeptIfTheOneThatTheSameCallAcknowledgesWasDeleted() {
        String sending = UUID.randomUUID().toString();
        queue.prepare(branch, List.of(queue.held("m1")));
        queue.call("DEL", queue.key("message:m1"));
        queue.prepare(sending, List.of(), queue.message("m1"));

        commitTogether(branch, sending);

        assertThat(queue.call("GET", queue.key("message:m1"))).isEqualTo("value of m1");
        assertThat(ids(queue.claim(1))).containsExactly("m1");
    }

    @Test
    void messageDoesNotInheritTheDeadlineOfADeletedMessageWithTheSameId() {
        queue.prepare(branch, List.of(), queue.message("m1"));
        queue.expireIn("m1", -1);

        assertThat(queue.commit(branch)).isTrue();

        assertThat(queue.expiry()).isEmpty();
        assertThat(ids(queue.claim(1))).containsExactly("m1");
    }

    @Test
    void nothingIsSettledInTheSecondInWhichTheReceiptExpires() {
        String second = (String) ((List<?>) queue.call("TIME")).get(0);

        Object reply =
                queue.call("EVAL", Script.SETTLE.source(), "1", queue.key("lane:1"), "0000000000000001 nonce ", second);

        assertThat(((List<?>) reply).get(0)).isEqualTo(6L);
        assertThat(queue.everything()).isEmpty();
    }
}
