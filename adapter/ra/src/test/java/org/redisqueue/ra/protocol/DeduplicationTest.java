// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of all messages with a deduplication key, only the first within the window is published. */
class DeduplicationTest {

    private static final long MINUTE = 60_000;

    private final TestQueue queue = TestQueue.create();
    private final QueueOperations operations = queue.operations();

    private SendRequest keyed(String id, String key, boolean rollback) {
        return keyed(queue, id, key, MINUTE, rollback);
    }

    private static SendRequest keyed(TestQueue queue, String id, String key, long window, boolean rollback) {
        SendOptions options = new SendOptions(0, 0, new Deduplication(key, window, rollback), null);
        return new SendRequest(queue.name, id, id.getBytes(StandardCharsets.UTF_8), 0, options);
    }

    private AcknowledgmentResult send(SendRequest... messages) {
        return acknowledge(List.of(), messages);
    }

    private AcknowledgmentResult acknowledge(List<Lease> consumed, SendRequest... sent) {
        return result(operations.acknowledge(consumed, List.of(sent)));
    }

    private PreparationResult prepare(String branch, SendRequest... sent) {
        return result(operations.prepare(branch, queue.name, List.of(), List.of(sent)));
    }

    private Map<String, String> kept(String... keys) {
        return result(operations.deduplication().kept(queue.name, Set.of(keys)));
    }

    private String stored(String key) {
        return (String) queue.call("GET", queue.key("dedup:" + key));
    }

    private long ttl(String key) {
        return (Long) queue.call("PTTL", queue.key("dedup:" + key));
    }

    private static List<String> ids(List<KeyConflict> conflicts) {
        return conflicts.stream().map(conflict -> conflict.message().id()).toList();
    }

    @Nested
    class InOnePhase {

        @Test
        void firstMessageIsPublishedAndKeepsTheKeyForTheWindow() {
            assertThat(send(keyed("m1", "k", false))).isEqualTo(new AcknowledgmentResult(List.of(), List.of()));

            assertThat(queue.ready()).containsExactly("m1");
            assertThat(stored("k")).isEqualTo("m1");
            assertThat(ttl("k")).isBetween(MINUTE - 10_000, MINUTE);
            assertThat(kept("k", "other")).isEqualTo(Map.of("k", "m1"));
        }

        @Test
        void laterMessageIsDroppedAndTheKeptOneReported() {
            send(keyed("m1", "k", false));

            AcknowledgmentResult later = send(keyed("m2", "k", false), keyed("m3", "other", false));

            assertThat(later.done()).isTrue();
            assertThat(later.dropped())
                    .containsExactly(new KeyConflict(later.dropped().get(0).message(), Optional.of("m1")));
            assertThat(ids(later.dropped())).containsExactly("m2");
            assertThat(queue.ready()).containsExactly("m1", "m3");
            assertThat(queue.exists("m2")).isFalse();
        }

        @Test
        void refusedTransactionChangesNothing() {
            send(keyed("m1", "k", true));
            Lease lease = queue.held("h1", "m0").get(0);
            Map<String, Object> before = queue.everything();

            AcknowledgmentResult refused =
                    acknowledge(List.of(lease), queue.message("m2"), keyed("m3", "new", false), keyed("m4", "k", true));

            assertThat(refused.done()).isFalse();
            assertThat(refused.lost()).isEmpty();
            assertThat(ids(refused.refused())).containsExactly("m4");
            assertThat(refused.refused().get(0).kept()).contains("m1");
            assertThat(queue.everything()).isEqualTo(before);
        }

        @Test
        void transactionThatHasLostALeaseReportsOnlyThis() {
            send(keyed("m1", "k", true));
            Lease lost = new Lease(queue.name, "gone", "t1", 0);

            AcknowledgmentResult refused = acknowledge(List.of(lost), keyed("m2", "k", true));

            assertThat(refused.lost()).containsExactly(lost);
            assertThat(refused.refused()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void ofTwoMessagesOfATransactionTheFirstIsPublished(boolean rollback) {
            AcknowledgmentResult both = send(keyed("m1", "k", rollback), keyed("m2", "k", rollback));

            assertThat(both.done()).isTrue();
            assertThat(ids(both.dropped())).containsExactly("m2");
            assertThat(queue.ready()).containsExactly("m1");
            assertThat(stored("k")).isEqualTo("m1");
        }

        @Test
        void keyOutlivesItsMessage() {
            send(keyed("m1", "k", false));
            queue.acknowledge(TestQueue.lease(queue.claim(1)));

            assertThat(ids(send(keyed("m2", "k", false)).dropped())).containsExactly("m2");
            assertThat(queue.ready()).isEmpty();
        }

        @Test
        void keyIsFreeWhenTheWindowHasEnded() {
            send(keyed(queue, "m1", "k", 1, false));
            await().until(() -> stored("k") == null);

            assertThat(send(keyed("m2", "k", true)).done()).isTrue();
            assertThat(queue.ready()).containsExactly("m1", "m2");
        }

        @Test
        void messageWhoseIdIsInUseDoesNotGetTheKey() {
            queue.send("m1");

            AcknowledgmentResult duplicate = send(keyed("m1", "k", true));

            assertThat(duplicate.duplicates()).hasSize(1);
            assertThat(stored("k")).isNull();
            assertThat(send(keyed("m2", "k", true)).done()).isTrue();
        }

        @Test
        void keysOfOtherQueuesAreDifferent() {
            TestQueue other = TestQueue.create();
            send(keyed("m1", "k", true));

            assertThat(send(keyed(other, "m2", "k", MINUTE, true)).done()).isTrue();
            assertThat(other.ready()).containsExactly("m2");
        }

        @Test
        void keyMayContainAnyPrintableCharacter() {
            String key = "\"\\{}[],:'%*?!~/";

            send(keyed("m1", key, false));

            assertThat(stored(key)).isEqualTo("m1");
            assertThat(kept(key)).containsEntry(key, "m1");
        }

        @Test
        void scheduledMessageHasTheKeyFromItsCommitOn() {
            SendRequest later = new SendRequest(
                    queue.name,
                    "m1",
                    new byte[0],
                    0,
                    new SendOptions(MINUTE, 0, new Deduplication("k", MINUTE, false), null));
            send(later);

            assertThat(result(operations.schedule().cancel(queue.name, "m1"))).isTrue();
            assertThat(ids(send(keyed("m2", "k", false)).dropped())).containsExactly("m2");
        }

        @Test
        void transactionsOfOneCallAreJudgedInTheirOrder() {
            List<SendRequest> messages = Stream.of("m1", "m2", "m3")
                    .map(id -> keyed(id, "k", !id.equals("m3")))
                    .toList();
            Keys keys = new Keys("rq");
            ScriptArguments arguments = new GroupedMessages(messages.stream()
                            .map(message -> new AcknowledgmentRequest(List.of(), List.of(message)))
                            .toList())
                    .arguments(keys);

            List<Object> words = new java.util.ArrayList<>(List.of(
                    "EVAL", Script.ACKNOWLEDGE.source(), arguments.keys().size() + 1, queue.key("lane:none")));
            words.addAll(arguments.keys());
            words.addAll(List.of("", "0"));
            arguments
                    .values()
                    .forEach(value -> words.add(
                            value instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : value));
            Object reply = queue.call(words.stream().map(Object::toString).toArray());

            assertThat(reply.toString())
                    .isEqualTo("[0, " + ((List<?>) reply).get(1)
                            + ", [[2, [], [], [], [[1, m1]]], [3, [], [], [[1, m1]], []]]]");
            assertThat(queue.ready()).containsExactly("m1");
        }
    }

    @Nested
    class InTwoPhases {

        @Test
        void windowStartsWithTheCommit() {
            prepare("br1", keyed("m1", "k", false));
            assertThat(stored("k")).isNull();

            queue.commit("br1");

            assertThat(stored("k")).isEqualTo("m1");
            assertThat(ttl("k")).isBetween(MINUTE - 10_000, MINUTE);
            assertThat(queue.ready()).containsExactly("m1");
        }

        @Test
        void commitDropsTheLaterMessage() {
            prepare("br1", keyed("m1", "k", false), queue.message("m2"));
            prepare("br2", keyed("m3", "k", false), queue.message("m4"));

            assertThat(queue.commit("br2")).isTrue();
            assertThat(queue.commit("br1")).as("DONE, with messages to report").isTrue();

            assertThat(queue.ready()).containsExactly("m3", "m4", "m2");
            assertThat(stored("k")).isEqualTo("m3");
            assertThat(queue.everything().keySet()).noneMatch(key -> key.contains("staged"));
        }

        @Test
        void messageWhoseIdIsPublishedByTheSameCallTakesNoKey() {
            prepare("br0", queue.message("x"));
            prepare("br1", keyed("x", "k", false));
            prepare("br2", keyed("y", "k", false));
            String prepared = queue.key("prepared");

            queue.call(
                    "EVAL",
                    Script.COMMIT.source(),
                    "4",
                    queue.key("lane:none"),
                    prepared,
                    prepared,
                    prepared,
                    "",
                    "0",
                    "rq",
                    "0",
                    "br0",
                    "0",
                    "br1",
                    "0",
                    "br2",
                    "0");

            assertThat(queue.ready()).containsExactly("x", "y");
            assertThat(stored("k")).isEqualTo("y");
        }

        @Test
        void keyOfAnotherTypeDoesNotBlockTheEndOfABranch() {
            Lease held = queue.held("h1");
            prepare("br1", keyed("m1", "k", true));
            result(operations.prepare("br2", queue.name, List.of(held), List.of(keyed("m2", "l", true))));
            queue.call("DEL", queue.key("dedup:l"));
            queue.call("LPUSH", queue.key("dedup:l"), "x");

            assertThat(result(operations.rollback("br2", queue.name, true, 0))).isEqualTo(BranchEndResult.DONE);

            assertThat(queue.prepared()).containsOnlyKeys("br1");
        }

        @Test
        void prepareReservesTheKeyAndRefusesOthers() {
            assertThat(prepare("br1", keyed("m1", "k", true)).done()).isTrue();
            Map<String, Object> before = queue.everything();

            PreparationResult second = prepare("br2", keyed("m2", "k", true));

            assertThat(second.done()).isFalse();
            assertThat(second.exists()).isFalse();
            assertThat(ids(second.refused())).containsExactly("m2");
            assertThat(second.refused().get(0).kept()).isEmpty();
            assertThat(send(keyed("m3", "k", true)).refused().get(0).kept()).isEmpty();
            assertThat(kept("k")).as("no message is kept yet").isEmpty();
            assertThat(queue.everything()).isEqualTo(before);
            assertThat(ttl("k")).as("a reservation does not expire").isEqualTo(-1);
        }

        @Test
        void commitOfAReservationStartsTheWindow() {
            prepare("br1", keyed("m1", "k", true));
            queue.commit("br1");

            assertThat(stored("k")).isEqualTo("m1");
            assertThat(ttl("k")).isBetween(MINUTE - 10_000, MINUTE);
            assertThat(prepare("br2", keyed("m2", "k", true)).refused().get(0).kept())
                    .contains("m1");
            assertThat(queue.prepared()).isEmpty();
        }

        @Test
        void keptKeyIsNotReserved() {
            send(keyed("m1", "k", false));

            assertThat(prepare("br1", keyed("m2", "k", true)).refused()).hasSize(1);

            assertThat(stored("k")).isEqualTo("m1");
            assertThat(queue.prepared()).isEmpty();
        }

        @Test
        void rollbackEndsTheReservation() {
            prepare("br1", keyed("m1", "k", true));

            assertThat(queue.rollback("br1", 0)).isTrue();

            assertThat(queue.everything()).isEmpty();
            assertThat(prepare("br2", keyed("m2", "k", true)).done()).isTrue();
        }

        @Test
        void forgetEndsTheReservation() {
            prepare("br1", keyed("m1", "k", true));

            assertThat(queue.forget("br1")).isTrue();

            assertThat(queue.dead()).containsExactly("m1");
            assertThat(stored("k")).isNull();
        }

        @Test
        void commitReleasesTheKeyOfAMessageWhoseIdIsInUse() {
            prepare("br1", keyed("m1", "k", true));
            queue.send("m1");

            assertThat(queue.commit("br1")).isTrue();

            assertThat(stored("k")).isNull();
        }

        @Test
        void reservationOfABranchThatNoLongerExistsHasNoEffect() {
            prepare("br1", keyed("m1", "k", true));
            queue.call("HDEL", queue.key("prepared"), "br1");

            assertThat(prepare("br2", keyed("m2", "k", true)).done()).isTrue();

            assertThat(stored("k")).isEqualTo("m2 " + queue.name + " br2");
        }

        @Test
        void reservationIsFoundInTheHomeQueueOfItsBranch() {
            TestQueue home = TestQueue.create();
            result(operations.prepare("br1", home.name, home.held("h1", "h2"), List.of(keyed("m1", "k", true))));

            assertThat(prepare("br2", keyed("m2", "k", true)).refused()).hasSize(1);

            assertThat(result(operations.rollback("br1", home.name, true, 0))).isEqualTo(BranchEndResult.DONE);
            assertThat(stored("k")).isNull();
        }

        @Test
        void branchMaySendAKeyTwice() {
            assertThat(prepare("br1", keyed("m1", "k", true), keyed("m2", "k", true))
                            .done())
                    .isTrue();

            assertThat(queue.commit("br1")).isTrue();

            assertThat(queue.ready()).containsExactly("m1");
            assertThat(stored("k")).isEqualTo("m1");
        }

        @Test
        void messageThatIsDroppedRatherThanRolledBackTakesAReservedKey() {
            prepare("br1", keyed("m1", "k", true));

            assertThat(send(keyed("m2", "k", false)).done()).isTrue();
            assertThat(queue.commit("br1")).isTrue();

            assertThat(queue.ready()).as("one message").containsExactly("m2");
            assertThat(stored("k")).isEqualTo("m2");
        }

        @Test
        void rollbackLeavesAKeyThatAnotherMessageHasTaken() {
            prepare("br1", keyed("m1", "k", true));
            send(keyed("m2", "k", false));

            queue.rollback("br1", 0);

            assertThat(stored("k")).isEqualTo("m2");
        }

        @Test
        void refusedBranchConsumesNothing() {
            send(keyed("m1", "k", true));
            List<Lease> leases = queue.held("h1", "h2");
            double due = queue.due(leases.get(0));

            PreparationResult refused =
                    result(operations.prepare("br1", queue.name, leases, List.of(keyed("m2", "k", true))));

            assertThat(refused.refused()).hasSize(1);
            assertThat(queue.due(leases.get(0))).isEqualTo(due);
            assertThat(queue.everything().keySet()).noneMatch(key -> key.contains("staged"));
        }

        @Test
        void timeToLiveCountsFromThePreparation() {
            SendOptions options = new SendOptions(0, 0, new Deduplication("k", MINUTE, true), null);
            double before = queue.now();
            prepare("br1", new SendRequest(queue.name, "m1", new byte[0], MINUTE, options));
            double prepared = queue.now();
            await().until(() -> queue.now() > prepared + 20);

            queue.commit("br1");

            assertThat(queue.expiry().get("m1")).isBetween(before + MINUTE, prepared + MINUTE);
        }
    }

    @Nested
    class Malformed {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"key\":\"k\"}",
                    "{\"window\":1}",
                    "{\"rollback\":1}",
                    "{\"key\":\"k\",\"window\":0}",
                    "{\"key\":\"\",\"window\":1}",
                    "{\"key\":\"a b\",\"window\":1}",
                    "{\"key\":1,\"window\":1}",
                    "{\"key\":null,\"window\":1}",
                    "{\"key\":\"k\",\"window\":\"x\"}",
                    "{\"key\":\"k\",\"window\":1.5}",
                    "{\"key\":\"k\",\"window\":1,\"rollback\":2}",
                    "{\"key\":\"k\",\"window\":315360000001}"
                })
        void optionsAreRefused(String options) {
            assertThat(acknowledgeWith(options)).asString().contains("the options of a message are malformed");

            assertThat(queue.everything()).isEmpty();
        }

        @Test
        void keyOfADifferentTypeIsRefused() {
            queue.call("RPUSH", queue.key("dedup:k"), "x");

            assertThatExceptionOfType(RedisCallException.class).isThrownBy(() -> send(keyed("m1", "k", true)));
            assertThatExceptionOfType(RedisCallException.class)
                    .isThrownBy(() -> prepare("br1", keyed("m1", "k", true)));

            assertThat(queue.everything()).containsOnlyKeys(queue.key("dedup:k"));
        }

        private Object acknowledgeWith(String options) {
            try {
                return queue.call(
                        "EVAL",
                        Script.ACKNOWLEDGE.source(),
                        "7",
                        queue.key("lane:none"),
                        queue.key("processing"),
                        queue.key("failures"),
                        queue.key("abandoned"),
                        queue.key("expiry"),
                        queue.key("ready"),
                        queue.key("message:m1"),
                        "",
                        "0",
                        "1",
                        "1",
                        "0",
                        "1",
                        "0",
                        "1",
                        "m1",
                        "0 " + options,
                        "value",
                        "0",
                        "1",
                        "1");
            } catch (RuntimeException e) {
                return e;
            }
        }
    }
}
