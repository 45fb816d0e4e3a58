// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.leases;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages of a group are delivered one after the other. */
class GroupsTest {

    private final TestQueue queue = TestQueue.create();

    /** Leads a claim to the general case. */
    private void withCounters() {
        queue.call("HSET", queue.key("failures"), "other", "1");
    }

    /** Nothing of the groups is left, except for the sequence number. */
    private void assertNoTraces() {
        assertThat(queue.waiting()).isEmpty();
        assertThat(queue.heads()).isEmpty();
        assertThat(queue.hash("attributes")).isEmpty();
    }

    /** Claims and acknowledges until nothing is left; returns the ids in this order. */
    private List<String> consumeAll() {
        List<String> consumed = new ArrayList<>();
        ClaimResult claim;
        do {
            claim = queue.claim(10);
            consumed.addAll(ids(claim));
            queue.acknowledge(leases(claim).toArray(Lease[]::new));
        } while (claim.more() || !claim.messages().isEmpty());
        return consumed;
    }

    @Nested
    class AClaim {

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void returnsOneMessageOfEachGroup(boolean general) {
            queue.sendGrouped("a", "a1", "a2", "a3");
            queue.sendGrouped("b", "b1", "b2");
            queue.send("m1", "m2");
            if (general) {
                withCounters();
            }

            assertThat(ids(queue.claim(10))).containsExactly("a1", "b1", "m1", "m2");
            assertThat(queue.claim(10).messages()).isEmpty();
            assertThat(queue.waiting()).containsExactly("a2", "a3", "b2");
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void letsAMessageWaitThatWasPushedAgain(boolean general) {
            queue.sendGrouped("a", "a1", "a2");
            queue.call("RPUSH", queue.key("ready"), "a2");
            if (general) {
                withCounters();
            }

            ClaimResult claim = queue.claim(10);

            assertThat(ids(claim)).containsExactly("a1");
            assertThat(queue.waiting()).containsExactly("a2");
            queue.acknowledge(lease(claim));
            assertThat(consumeAll()).containsExactly("a2");
            assertNoTraces();
        }

        @Test
        void deliversTheNextMessageAfterOneThatWasPushedInPlaceOfADeletedHead() {
            queue.sendGrouped("a", "a1", "a2", "a3");
            queue.claim(1);
            queue.call("DEL", queue.key("message:a1"));
            queue.call("RPUSH", queue.key("ready"), "a2");

            ClaimResult claim = queue.claim(1);
            assertThat(ids(claim)).containsExactly("a2");
            assertThat(queue.waiting()).containsExactly("a3");
            queue.deadLetter(lease(claim));

            assertThat(ids(queue.claim(1))).containsExactly("a3");
        }

        @Test
        void deliversTheNextMessageAfterAHeadWithoutAToken() {
            queue.sendGrouped("a", "a1", "a2");
            queue.call("DEL", queue.key("ready"));
            queue.call("ZADD", queue.key("processing"), 1_000, "a1");

            assertThat(queue.claim(1).deadLettered()).containsOnlyKeys("a1");
            assertThat(consumeAll()).containsExactly("a2");
        }

        @Test
        void replacesAHeadThatSomethingElseHasDeleted() {
            queue.sendGrouped("a", "a1", "a2", "a3");
            queue.call("DEL", queue.key("message:a1"));

            ClaimResult claim = queue.claim(10);
            assertThat(claim.gone()).containsExactly("a1");
            assertThat(claim.more()).isTrue();
            assertThat(consumeAll()).containsExactly("a2", "a3");
            assertNoTraces();
        }

        @Test
        void dropsExpiredMessagesAndDeliversTheNextOneOfTheirGroup() {
            queue.sendGrouped(
                    "a", IntStream.range(0, 250).mapToObj(i -> "a" + i).toArray(String[]::new));
            IntStream.range(0, 249).forEach(i -> queue.expireIn("a" + i, -1_000));

            assertThat(queue.claim(10).expired()).isEqualTo(100);
            assertThat(consumeAll()).containsExactly("a249");
            assertNoTraces();
            assertThat(queue.expiry()).isEmpty();
        }

        @Test
        void deadLettersExpiredMessagesAndDeliversTheNextOneOfTheirGroup() {
            queue.sendGrouped("a", "a1", "a2", "a3");
            queue.expireIn("a1", -1_000);
            queue.expireIn("a2", -1_000);

            assertThat(queue.claim(1, 1_000, OnExpiry.DEAD_LETTER).deadLettered())
                    .containsOnlyKeys("a1");
            assertThat(queue.claim(1, 1_000, OnExpiry.DEAD_LETTER).deadLettered())
                    .containsOnlyKeys("a2");
            assertThat(consumeAll()).containsExactly("a3");
        }

        @Test
        void deadLettersAnAbandonedMessageAndDeliversTheNextOneOfItsGroup() {
            queue.sendGrouped("a", "a1", "a2");
            for (int i = 0; i <= TestQueue.MAX_ABANDONED; i++) {
                queue.letTimePass(lease(queue.claim(1)));
            }

            assertThat(queue.claim(1).deadLettered()).containsOnlyKeys("a1");
            assertThat(consumeAll()).containsExactly("a2");
            assertThat(queue.hash("attributes"))
                    .as("for its place in the sequence")
                    .containsOnlyKeys("a1");
        }

        @Test
        void neverHoldsTwoMessagesOfAGroupTogetherWithEarlierOnes() {
            for (int i = 0; i < 5; i++) {
                queue.sendGrouped("a", "a" + i);
                queue.sendGrouped("b", "b" + i);
            }
            List<Lease> batch = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                batch.addAll(leases(queue.claim(1)));
            }

            assertThat(batch).extracting(Lease::id).containsExactly("a0", "b0");
        }
    }

    @Nested
    class TheNextMessage {

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void isReadyWhenThePreviousOneWasAcknowledged(boolean twoPhases) {
            queue.sendGrouped("a", "a1", "a2");
            List<Lease> claimed = leases(queue.claim(1));
            if (twoPhases) {
                queue.prepare("branch", claimed, queue.grouped("a", "a3"));
                assertThat(queue.ready()).isEmpty();
                queue.commit("branch");
            } else {
                result(queue.operations().acknowledge(claimed, List.of(queue.grouped("a", "a3"))));
            }

            assertThat(queue.ready()).containsExactly("a2");
            assertThat(consumeAll()).containsExactly("a2", "a3");
            assertNoTraces();
        }

        @Test
        void waitsWhileThePreviousOneIsRedelivered() {
            queue.sendGrouped("a", "a1", "a2");
            queue.redeliver(lease(queue.claim(10)), 60_000, 9);
            assertThat(queue.claim(10).messages()).isEmpty();

            queue.letTimePass("a1 -");
            ClaimResult again = queue.claim(10);
            assertThat(ids(again)).containsExactly("a1");
            queue.acknowledge(lease(again));
            assertThat(ids(queue.claim(10))).containsExactly("a2");
        }

        @Test
        void waitsWhileThePreviousOneIsReleasedOrAbandoned() {
            queue.sendGrouped("a", "a1", "a2");
            queue.release(lease(queue.claim(10)));
            ClaimResult again = queue.claim(10);
            assertThat(ids(again)).containsExactly("a1");
            queue.letTimePass(lease(again));
            ClaimResult other = queue.claim(10);
            assertThat(ids(other)).containsExactly("a1");

            assertThat(queue.acknowledge(lease(again)).lost()).hasSize(1);
            assertThat(queue.ready()).isEmpty();
            queue.acknowledge(lease(other));
            assertThat(queue.ready()).containsExactly("a2");
        }

        @Test
        void waitsWhileThePreviousOneIsInDoubt() {
            queue.sendGrouped("a", "a1", "a2");
            queue.prepare("branch", leases(queue.claim(1)));
            assertThat(queue.claim(10).messages()).isEmpty();

            queue.rollback("branch", 0);
            assertThat(ids(queue.claim(10))).containsExactly("a1");
        }

        @Test
        void isReadyWhenThePreviousOneIsADeadLetter() {
            queue.sendGrouped("a", "a1", "a2");

            queue.deadLetter(lease(queue.claim(1)));

            assertThat(queue.dead()).containsExactly("a1");
            assertThat(queue.ready()).containsExactly("a2");
        }

        @Test
        void isReadyWhenTheBranchOfThePreviousOneWasForgotten() {
            queue.sendGrouped("a", "a1", "a2");
            queue.prepare("branch", leases(queue.claim(1)), queue.grouped("a", "a3"));

            queue.forget("branch");

            assertThat(queue.dead()).containsExactlyInAnyOrder("a1", "a3");
            assertThat(queue.ready()).containsExactly("a2");
            assertThat(queue.hash("attributes")).containsOnlyKeys("a1", "a2", "a3");
        }

        @Test
        void isReadyAgainWhenTheHeadHasDisappearedAndAnotherMessageIsSent() {
            queue.sendGrouped("a", "a1", "a2");
            queue.call("DEL", queue.key("message:a1"), queue.key("ready"));

            queue.sendGrouped("a", "a3");

            assertThat(consumeAll()).containsExactly("a2", "a3");
        }
    }

    @Nested
    class ASentMessage {

        @Test
        void joinsItsGroupInTheOrderOfCommits() {
            queue.sendGrouped("a", "a1");
            queue.prepare("branch", List.of(), queue.grouped("a", "late"));
            queue.sendGrouped("a", "a2");
            queue.commit("branch");

            assertThat(consumeAll()).containsExactly("a1", "a2", "late");
        }

        @Test
        void precedesOneThatIsDueAtTheSameTimeAndWasSentLater() {
            List<String> sent = List.of("m9", "m5", "m7");
            result(queue.operations()
                    .send(sent.stream()
                            .map(id -> queue.grouped("a", id, 0, 3_600_000))
                            .toList()));
            sent.forEach(id -> queue.call("ZADD", queue.key("scheduled"), "XX", 1_000, id));

            assertThat(consumeAll()).isEqualTo(sent);
            assertNoTraces();
        }

        @Test
        void joinsItsGroupWhenItIsDue() {
            result(queue.operations().send(List.of(queue.grouped("a", "scheduled", 0, 30))));
            assertThat(queue.hash("attributes")).isEqualTo(Map.of("scheduled", "- 0000000000000001 a"));
            queue.sendGrouped("a", "a1", "a2");
            Lease first = lease(queue.claim(1));
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                queue.claim(1);
                return queue.waiting().contains("scheduled");
            });

            queue.acknowledge(first);
            assertThat(consumeAll()).containsExactly("a2", "scheduled");
            assertNoTraces();
        }

        @Test
        void isDeliveredWhenItIsDueAndTheHeadOfItsGroupHasDisappeared() {
            queue.sendGrouped("a", "a1");
            result(queue.operations().send(List.of(queue.grouped("a", "scheduled", 0, 60_000))));
            queue.call("DEL", queue.key("message:a1"), queue.key("ready"));
            queue.letTimeCome("scheduled");

            assertThat(consumeAll()).containsExactly("scheduled");
            assertThat(queue.heads()).isEmpty();
        }

        @Test
        void leavesNothingBehindWhenItIsCanceled() {
            result(queue.operations().send(List.of(queue.grouped("a", "scheduled", 0, 60_000))));

            assertThat(result(queue.operations().schedule().cancel(queue.name, "scheduled")))
                    .isTrue();

            assertNoTraces();
        }

        @ParameterizedTest
        @ValueSource(strings = {"head", "waiting", "plain"})
        void replacesAnExpiredMessageInWhicheverPlaceThatIs(String id) {
            queue.send("plain");
            queue.sendGrouped("a", "head", "waiting", "last");
            queue.expireIn(id, -1_000);

            assertThat(queue.sendGrouped("b", "b1", id)).isEmpty();

            assertThat(queue.heads()).containsEntry("b", "b1");
            assertThat(queue.waiting()).contains(id);
            List<String> consumed = consumeAll();
            assertThat(consumed).hasSize(5).doesNotHaveDuplicates();
            assertThat(consumed.indexOf("b1")).isLessThan(consumed.indexOf(id));
            assertNoTraces();
        }

        @Test
        void replacesAnExpiredMessageThatAWaitHasTaken() {
            queue.sendGrouped("a", "head", "next");
            queue.call("LMOVE", queue.key("ready"), queue.key("arrived"), "RIGHT", "LEFT");
            queue.expireIn("head", -1_000);

            assertThat(queue.sendGrouped("b", "head")).isEmpty();

            assertThat(queue.list("arrived")).isEmpty();
            assertThat(queue.ready()).containsExactly("next", "head");
        }

        @Test
        void withoutAGroupReplacesAnExpiredMessageOfAGroup() {
            queue.sendGrouped("a", "head", "next");
            queue.expireIn("head", -1_000);

            assertThat(queue.send("head")).isEmpty();

            assertThat(queue.heads()).isEqualTo(Map.of("a", "next"));
            assertThat(ids(queue.claim(10))).containsExactlyInAnyOrder("head", "next");
        }

        @Test
        void withAnIdInUseDoesNotJoinItsGroup() {
            queue.send("m1");

            assertThat(queue.sendGrouped("a", "m1")).containsExactly("m1");

            assertNoTraces();
        }

        @ParameterizedTest
        @ValueSource(strings = {"two words", "", "\u00fc", "a\nb"})
        void isRefusedIfItsGroupIsInvalid(String group) {
            assertThatThrownBy(() -> queue.sendGrouped(group, "m1"))
                    .hasMessageContaining("the options of a message are malformed");

            assertThat(queue.everything()).isEmpty();
        }

        @Test
        void mayHaveAGroupOfAllPrintableCharacters() {
            StringBuilder group = new StringBuilder();
            IntStream.range(0x21, 0x7f).forEach(c -> group.append((char) c));

            queue.sendGrouped(group.toString(), "a1", "a2");

            assertThat(queue.heads()).isEqualTo(Map.of(group.toString(), "a1"));
            assertThat(consumeAll()).containsExactly("a1", "a2");
        }

        @Test
        void doesNotMixWithGroupsWhoseNamesBeginAlike() {
            queue.sendGrouped("a", "a1", "a2");
            queue.sendGrouped("a!", "x1", "x2");
            queue.sendGrouped("a0", "y1", "y2");

            Lease first = queue.claim(3).messages().get(0).lease();
            assertThat(first.id()).isEqualTo("a1");
            queue.acknowledge(first);

            assertThat(queue.ready()).containsExactly("a2");
            assertThat(queue.waiting()).containsExactlyInAnyOrder("x2", "y2");
        }
    }

    @Test
    void groupThatAlwaysFailsDelaysNoOther() {
        queue.sendGrouped("bad", "bad1", "bad2");
        for (int i = 0; i < 100; i++) {
            queue.sendGrouped("good" + i, "good" + i + "-1", "good" + i + "-2");
        }
        List<String> consumed = new ArrayList<>();
        int claims = 0;
        while (consumed.size() < 200) {
            assertThat(++claims).as("number of claims").isLessThan(60);
            for (Lease lease : leases(queue.claim(10))) {
                if (lease.id().startsWith("bad")) {
                    assertThat(lease.id()).isEqualTo("bad1");
                    queue.redeliver(lease, 0, 1_000);
                } else {
                    queue.acknowledge(lease);
                    consumed.add(lease.id());
                }
            }
        }
        assertThat(new HashSet<>(consumed)).hasSize(200);
        assertThat(queue.waiting()).containsExactly("bad2");
    }

    @Test
    void queueWithoutGroupsHasNoKeysOfGroups() {
        queue.send("m1", "m2");
        queue.acknowledge(lease(queue.claim(1)));

        assertThat(queue.everything().keySet()).containsExactlyInAnyOrder(queue.key("ready"), queue.key("message:m2"));
    }
}
