// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.redisqueue.ra.protocol.TestQueue.LEASE;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.QueueCounts;
import org.redisqueue.ra.testing.TestRedis;

/** Messages that are delivered later. */
class ScheduledTest {

    private static final long HOUR = 3_600_000;

    private final TestQueue queue = TestQueue.create();
    private final TestQueue other = TestQueue.create();

    private SendRequest delayed(TestQueue to, String id, long delayMillis, long timeToLiveMillis) {
        byte[] value = ("value of " + id).getBytes(StandardCharsets.UTF_8);
        return new SendRequest(to.name, id, value, timeToLiveMillis, new SendOptions(delayMillis, 0));
    }

    private SendRequest delayed(String id, long delayMillis) {
        return delayed(queue, id, delayMillis, 0);
    }

    private SendRequest at(String id, double millis) {
        return new SendRequest(queue.name, id, new byte[0], 0, new SendOptions(0, (long) millis));
    }

    private List<SendRequest> send(SendRequest... messages) {
        return result(queue.operations().send(List.of(messages)));
    }

    private boolean cancel(String id) {
        return result(queue.operations().schedule().cancel(queue.name, id));
    }

    /** Sends in one phase, or in two. */
    private void sendIn(int phases, SendRequest... messages) {
        if (phases == 1) {
            send(messages);
        } else {
            queue.prepare("branch", List.of(), messages);
            assertThat(queue.commit("branch")).isTrue();
        }
    }

    @Nested
    class ASend {

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void schedulesTheMessage(int phases) {
            sendIn(phases, delayed("m1", HOUR), queue.message("m2"), at("m3", queue.now() + 2 * HOUR));

            assertThat(queue.scheduled().keySet()).containsExactly("m1", "m3");
            assertThat(queue.scheduled().get("m1")).isCloseTo(queue.now() + HOUR, within(20_000d));
            assertThat(queue.scheduled().get("m3")).isCloseTo(queue.now() + 2 * HOUR, within(20_000d));
            assertThat(queue.ready()).containsExactly("m2");
            assertThat(ids(queue.claim(10))).containsExactly("m2");
            assertThat(queue.expiry()).isEmpty();
            assertThat(result(queue.operations().inspect(queue.name, 0)).counts())
                    .isEqualTo(new QueueCounts(0, 1, 0, 2, 0));
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void deliversAMessageAtOnceWhoseTimeHasPassed(int phases) {
            sendIn(phases, at("m1", queue.now() - 1), at("m2", 1));

            assertThat(queue.scheduled()).isEmpty();
            assertThat(ids(queue.claim(10))).containsExactly("m1", "m2");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void startsTheTimeToLiveWhenTheMessageIsDue(int phases) {
            SendRequest past = new SendRequest(queue.name, "m2", new byte[0], HOUR, new SendOptions(0, 1));

            sendIn(phases, delayed(queue, "m1", HOUR, 1_000), past);

            assertThat(queue.expiry().get("m1")).isEqualTo(queue.scheduled().get("m1") + 1_000);
            assertThat(queue.expiry().get("m2")).isCloseTo(queue.now() + HOUR, within(20_000d));
        }

        @Test
        void belongsToTheTransactionThatConsumes() {
            Lease lease = queue.held("m1");

            AcknowledgmentResult done = result(queue.operations()
                    .acknowledge(List.of(lease), List.of(delayed(other, "m2", HOUR, 0), queue.message("m3"))));
            AcknowledgmentResult lost =
                    result(queue.operations().acknowledge(List.of(lease), List.of(delayed(other, "m4", HOUR, 0))));

            assertThat(done.done()).isTrue();
            assertThat(lost.done()).isFalse();
            assertThat(other.scheduled().keySet()).containsExactly("m2");
            assertThat(queue.ready()).containsExactly("m3");
            assertThat(queue.processing()).isEmpty();
        }

        @Test
        void doesNotReplaceAScheduledMessage() {
            send(delayed("m1", HOUR));

            assertThat(send(delayed("m1", 1_000), queue.message("m1"))).hasSize(2);
            assertThat(queue.send("m1")).containsExactly("m1");

            assertThat(queue.scheduled().get("m1")).isCloseTo(queue.now() + HOUR, within(20_000d));
            assertThat(queue.ready()).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void replacesAnExpiredMessageThatIsStillReady(int phases) {
            queue.send("m1", "m2", "m3", "m4");
            queue.call("LMOVE", queue.key("ready"), queue.key("arrived"), "RIGHT", "LEFT");
            queue.expireIn("m1", -1);
            queue.expireIn("m3", -1);

            sendIn(phases, delayed("m1", HOUR), delayed(queue, "m3", HOUR, HOUR));

            assertThat(queue.ready()).containsExactly("m2", "m4");
            assertThat(queue.scheduled().keySet()).containsExactlyInAnyOrder("m1", "m3");
            assertThat(queue.expiry().keySet()).containsExactly("m3");
            queue.letTimeCome("m1");
            queue.letTimeCome("m3");
            assertThat(ids(queue.claim(10))).containsExactly("m2", "m4", "m1", "m3");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void replacesAnExpiredMessageThatNoConsumerHasPublished(int phases) {
            send(delayed(queue, "m1", HOUR, 1_000), delayed(queue, "m2", HOUR, 1_000));
            queue.letTimeCome("m1");
            queue.letTimeCome("m2");
            queue.expireIn("m1", -1);
            queue.expireIn("m2", -1);

            sendIn(phases, delayed("m1", HOUR), queue.message("m2"));

            assertThat(ids(queue.claim(10))).containsExactly("m2");
            queue.letTimeCome("m1");
            assertThat(ids(queue.claim(10))).containsExactly("m1");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "0 {}x",
                    "0 []x",
                    "0 1",
                    "0 {\"delay\":-1}",
                    "0 {\"delay\":0.5}",
                    "0 {\"delay\":315360000001}",
                    "0 {\"at\":\"1\"}",
                    "0 {\"later\":1}",
                    "-1 {\"delay\":1}",
                    "x {\"delay\":1}",
                    "0{\"delay\":1}"
                })
        void refusesInvalidOptions(String argument) {
            Map<String, Object> before = queue.everything();
            List<Object> arguments =
                    new ArrayList<>(List.of("", "0", "1", "1", "0", "1", "0", "1", "m1", argument, "v"));
            arguments.addAll(List.of("0", "1", "1"));
            List<Object> eval = new ArrayList<>(List.of("EVAL", Script.ACKNOWLEDGE.source(), "7"));
            for (String key : List.of("none", "processing", "failures", "abandoned", "expiry", "ready", "message:m1")) {
                eval.add(queue.key(key));
            }
            eval.addAll(arguments);

            assertThatThrownBy(() -> queue.call(eval.toArray())).hasMessageContaining("ERR");

            assertThat(queue.everything()).isEqualTo(before);
            arguments.set(9, "0 {\"delay\":3600000}"); // what is valid is accepted
            List<Object> valid = new ArrayList<>(eval.subList(0, 10));
            valid.addAll(arguments);
            queue.call(valid.toArray());
            assertThat(queue.scheduled().keySet()).containsExactly("m1");
        }
    }

    @Nested
    class APreparedBranch {

        @Test
        void schedulesNothingBeforeItCommits() {
            Lease lease = queue.held("m1");

            queue.prepare("branch", List.of(lease), delayed("m2", HOUR));

            assertThat(queue.scheduled()).isEmpty();
            assertThat(queue.exists("m2")).isFalse();
            assertThat(queue.exists("m1")).isTrue();
        }

        @Test
        void countsTheDelayFromTheCommit() {
            queue.prepare("branch", List.of(), delayed(queue, "m1", HOUR, 1_000));
            String record = queue.prepared().get("branch").replaceFirst("\"time\":\\d+", "\"time\":1000000000000");
            queue.call("HSET", queue.key("prepared"), "branch", record);

            assertThat(queue.commit("branch")).isTrue();

            assertThat(queue.scheduled().get("m1")).isCloseTo(queue.now() + HOUR, within(20_000d));
            assertThat(queue.expiry().get("m1")).isEqualTo(queue.scheduled().get("m1") + 1_000);
        }

        @Test
        void isCommittedByRecovery() {
            Lease lease = queue.held("m1");
            queue.prepare("branch", List.of(lease), delayed("m2", HOUR), queue.message("m3"));

            assertThat(result(queue.operations().commit("branch", queue.name, true)))
                    .isEqualTo(BranchEndResult.DONE);

            assertThat(queue.scheduled().keySet()).containsExactly("m2");
            assertThat(queue.ready()).containsExactly("m3");
            assertThat(queue.processing()).isEmpty();
            assertThat(queue.call("GET", queue.key("ended:branch"))).isEqualTo("committed");
        }

        @Test
        void leavesNothingWhenItRollsBack() {
            queue.prepare("branch", List.of(), delayed("m1", HOUR));

            assertThat(queue.rollback("branch", LEASE)).isTrue();

            assertThat(queue.everything().keySet()).isEmpty();
        }

        @Test
        void becomesADeadLetterWhenItIsForgotten() {
            queue.prepare("branch", List.of(), delayed(queue, "m1", HOUR, 1_000));

            assertThat(queue.forget("branch")).isTrue();

            assertThat(queue.dead()).containsExactly("m1");
            assertThat(queue.scheduled()).isEmpty();
            assertThat(queue.expiry()).isEmpty();
        }

        @Test
        void replacesAnExpiredScheduledMessageWhenItIsForgotten() {
            send(delayed(queue, "m1", HOUR, 1_000));
            queue.prepare("branch", List.of(), delayed("m1", HOUR));
            queue.letTimeCome("m1");
            queue.expireIn("m1", -1);

            assertThat(queue.forget("branch")).isTrue();

            assertThat(queue.dead()).containsExactly("m1");
            assertThat(queue.scheduled()).isEmpty();
        }

        @Test
        void isDroppedWhereItsIdIsInUse() {
            queue.prepare("branch", List.of(), delayed("m1", 1_000), queue.message("m2"));
            send(delayed("m1", HOUR), delayed("m2", HOUR));

            assertThat(queue.commit("branch")).isTrue();

            assertThat(queue.scheduled().get("m1")).isCloseTo(queue.now() + HOUR, within(20_000d));
            assertThat(queue.scheduled()).hasSize(2);
            assertThat(queue.ready()).isEmpty();
            assertThat(queue.everything().keySet()).noneMatch(key -> key.contains("staged"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"{\"delay\":-1}", "{\"at\":\"x\"}", "{\"later\":1}", "7", "{\"delay\":1},1"})
        void isMalformedWithInvalidOptions(String options) {
            String record = "{\"time\":1000000000000,\"consumed\":[],\"sent\":[[\"" + queue.name + "\",\"m1\",0,"
                    + options + "]]}";
            queue.call("HSET", queue.key("prepared"), "branch", record);

            assertThatThrownBy(() -> queue.commit("branch")).hasMessageContaining("malformed record");

            assertThat(queue.prepared()).containsOnlyKeys("branch");
        }
    }

    @Nested
    class AClaim {

        @Test
        void publishesWhatIsDueInOrderBehindTheReadyMessages() {
            queue.send("m1");
            send(delayed("m2", HOUR), delayed("m3", HOUR), delayed("m4", HOUR), delayed("m5", 2 * HOUR));
            queue.call("ZADD", queue.key("scheduled"), "3", "m2", "2", "m3", "1", "m4");

            ClaimResult first = queue.claim(2);

            assertThat(ids(first)).containsExactly("m1", "m4");
            assertThat(first.more()).isTrue();
            assertThat(queue.ready()).containsExactly("m3", "m2");
            assertThat(queue.scheduled().keySet()).containsExactly("m5");
            ClaimResult second = queue.claim(3);
            assertThat(ids(second)).containsExactly("m3", "m2");
            assertThat(second.more()).isFalse();
        }

        @ParameterizedTest
        @ValueSource(booleans = {false, true})
        void tellsWhenTheNextMessageIsDue(boolean general) {
            send(delayed("m1", HOUR), queue.message("m2"));
            if (general) {
                queue.call("HSET", queue.key("failures"), "other", "1");
            }

            assertThat(queue.claim(1, HOUR).dueInMillis().orElseThrow()).isBetween(HOUR - 20_000, HOUR);
            assertThat(queue.claim(1).dueInMillis().orElseThrow()).isBetween(HOUR - 20_000, HOUR);
            queue.letTimeCome("m1");
            assertThat(ids(queue.claim(1))).containsExactly("m1");
        }

        @Test
        void publishesBehindALongBacklog() {
            String[] backlog = IntStream.range(0, 20).mapToObj(i -> "b" + i).toArray(String[]::new);
            queue.send(backlog);
            send(delayed("m1", HOUR));
            queue.letTimeCome("m1");

            assertThat(ids(queue.claim(2))).containsExactly("b0", "b1");

            assertThat(queue.ready()).hasSize(19).endsWith("b19", "m1");
            assertThat(queue.scheduled()).isEmpty();
        }

        @Test
        void publishesManyInSeveralSteps() {
            SendRequest[] many = IntStream.range(0, 1_200)
                    .mapToObj(i -> delayed("m" + i, HOUR))
                    .toArray(SendRequest[]::new);
            send(many);
            List<Object> due = new ArrayList<>(List.of("ZADD", queue.key("scheduled")));
            IntStream.range(0, 1_200).forEach(i -> due.addAll(List.of(Integer.toString(i + 1), "m" + i)));
            queue.call(due.toArray());

            List<String> claimed = new ArrayList<>();
            ClaimResult claim;
            do {
                claim = queue.claim(100);
                claimed.addAll(ids(claim));
            } while (claim.more());

            assertThat(claimed)
                    .isEqualTo(IntStream.range(0, 1_200).mapToObj(i -> "m" + i).toList());
            assertThat(queue.list("ready")).allMatch(String::isEmpty);
        }

        @Test
        void dropsAMessageThatHasExpiredSinceItWasDue() {
            send(delayed(queue, "m1", HOUR, 1_000), delayed(queue, "m2", HOUR, HOUR));
            queue.letTimeCome("m1");
            queue.letTimeCome("m2");
            queue.expireIn("m1", -1);

            ClaimResult claim = queue.claim(10);

            assertThat(ids(claim)).containsExactly("m2");
            assertThat(claim.expired()).isEqualTo(1);
            assertThat(queue.exists("m1")).isFalse();
        }

        @Test
        void leavesScheduledMessagesOfAPausedQueue() {
            send(delayed("m1", HOUR));
            queue.letTimeCome("m1");
            queue.call("SET", queue.key("paused"), "");

            assertThat(queue.claim(1).paused()).isTrue();

            assertThat(queue.scheduled().keySet()).containsExactly("m1");
        }

        @Test
        void dropsAnIdWithoutMessage() {
            queue.call("ZADD", queue.key("scheduled"), "1", "m1", "2", "no id", "3", "");

            ClaimResult claim = queue.claim(10);

            assertThat(claim.gone()).containsExactly("m1");
            assertThat(claim.deadLettered()).containsOnlyKeys("no id");
            assertThat(queue.list("ready")).isEmpty();
        }

        @Test
        void isRefusedIfTheKeyHasAWrongType() {
            queue.send("m1");
            queue.call("SET", queue.key("scheduled"), "x");

            assertThatThrownBy(() -> queue.claim(1)).hasMessageContaining("WRONGTYPE");

            assertThat(queue.ready()).containsExactly("m1");
            assertThat(queue.processing()).isEmpty();
        }

        @Test
        void takesMessagesWhateverTheListOfWatchersHolds() {
            send(delayed("m1", HOUR), queue.message("m2"));
            queue.call("HSET", queue.key("watchers"), "x", "y");
            assertThat(ids(queue.claim(1))).containsExactly("m2");

            queue.call("DEL", queue.key("watchers"));
            queue.call("SET", queue.key("watchers"), "x 1 y 5 6 7 8 999999999999999999999999 1 ");
            assertThat(queue.claim(1).dueInMillis()).isPresent();
        }
    }

    @Nested
    class ACancellation {

        @Test
        void removesAScheduledMessageOnce() {
            send(delayed(queue, "m1", HOUR, 1_000), delayed("m2", HOUR));

            assertThat(cancel("m1")).isTrue();
            assertThat(cancel("m1")).isFalse();

            assertThat(queue.scheduled().keySet()).containsExactly("m2");
            assertThat(queue.expiry()).isEmpty();
            assertThat(queue.exists("m1")).isFalse();
            assertThat(queue.exists("m2")).isTrue();
        }

        @Test
        void leavesMessagesInOtherPlaces() {
            Lease held = queue.held("m1");
            queue.send("m2");
            queue.prepare("branch", List.of(), delayed("m3", HOUR));

            assertThat(List.of("m1", "m2", "m3", "m4")).noneMatch(ScheduledTest.this::cancel);

            assertThat(queue.processing()).containsOnlyKeys(held.member());
            assertThat(queue.ready()).containsExactly("m2");
            assertThat(queue.prepared()).containsOnlyKeys("branch");
        }

        @Test
        void makesTheIdAvailable() {
            send(delayed("m1", HOUR));
            cancel("m1");

            assertThat(queue.send("m1")).isEmpty();
            assertThat(ids(queue.claim(1))).containsExactly("m1");
        }

        @Test
        void competesWithTheClaim() {
            int number = 200;
            long start = System.nanoTime();
            send(IntStream.range(0, number)
                    .mapToObj(i -> delayed("m" + i, i == number - 1 ? HOUR : 50 + 2L * i))
                    .toArray(SendRequest[]::new));
            CompletableFuture<List<String>> claiming = CompletableFuture.supplyAsync(() -> {
                List<String> claimed = new ArrayList<>();
                while (queue.scheduled().size() + queue.ready().size() > 0) {
                    claimed.addAll(ids(queue.claim(7)));
                }
                return claimed;
            });

            List<String> canceled = new ArrayList<>();
            for (int i = 1; i < number; i++) { // each one shortly before or after it is due
                long target = start + TimeUnit.MILLISECONDS.toNanos(50 + 2L * i + (i % 2 == 0 ? 4 : -4));
                while (System.nanoTime() < target) {
                    LockSupport.parkNanos(100_000);
                }
                if (cancel("m" + i)) {
                    canceled.add("m" + i);
                }
            }
            claiming.join();
            assertThat(cancel("m0")).isFalse();
            assertThat(canceled).contains("m" + (number - 1));

            List<String> all = new ArrayList<>(claiming.join());
            assertThat(all).doesNotContainAnyElementsOf(canceled);
            all.addAll(canceled);
            assertThat(all)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.range(0, number).mapToObj(i -> "m" + i).toList());
        }
    }

    @Nested
    class AWakeUp {

        @Test
        void letsAConsumerSetATimerForAMessageThatIsDueSoon() {
            send(delayed("m1", 5_000));

            assertThat(queue.list("ready")).containsExactly("");
        }

        @Test
        void isNotNeededForAMessageThatIsDueLater() {
            send(delayed("m1", HOUR));

            assertThat(queue.list("ready")).isEmpty();
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void isNeededForALaterMessageIfNobodyKnowsOfTheEarliest(int phases) {
            send(delayed("m1", 3_000));
            queue.call("DEL", queue.key("ready"));

            sendIn(phases, delayed("m2", 4_000));
            assertThat(queue.list("ready")).containsExactly("");
        }

        @ParameterizedTest
        @ValueSource(ints = {1, 2})
        void isNeededOnlyForTheEarliestMessage(int phases) {
            send(delayed("m1", 3_000));
            queue.call("DEL", queue.key("ready"));
            Object due = queue.call("ZSCORE", queue.key("scheduled"), "m1");
            queue.call("SET", queue.key("watchers"), "server " + System.currentTimeMillis() + " " + due + " ");

            sendIn(phases, delayed("m2", 4_000));
            assertThat(queue.list("ready")).isEmpty();
            sendIn(phases, delayed("m3", 2_000));
            assertThat(queue.list("ready")).containsExactly("");
        }

        private boolean passOn(boolean dueLater) {
            return result(queue.operations().waits().passOn(queue.name, dueLater, ClaimingListener.NONE))
                    .work();
        }

        @Test
        void isPassedOnIfAScheduledMessageIsDue() {
            send(delayed("m1", HOUR));
            assertThat(passOn(true)).as("no consumer has to set a timer").isFalse();
            assertThat(queue.list("ready")).isEmpty();
            send(delayed("m2", 5_000));
            queue.call("DEL", queue.key("ready"));
            assertThat(passOn(false)).isFalse();
            assertThat(passOn(true)).isTrue();
            assertThat(queue.list("ready")).containsExactly("");

            queue.call("DEL", queue.key("ready"));
            queue.letTimeCome("m1");
            assertThat(passOn(false)).isTrue();
            assertThat(queue.list("ready")).containsExactly("");
        }
    }

    @Test
    void keepsItsQueueRegistered() {
        send(delayed("m1", HOUR));
        TestRedis.shared().call("SADD", "rq:queues", queue.name);

        assertThat(result(queue.operations().unregister(List.of(queue.name)))).isZero();
        assertThat(result(queue.operations().recover()).unused()).doesNotContain(queue.name);

        cancel("m1");
        assertThat(result(queue.operations().unregister(List.of(queue.name)))).isEqualTo(1);
    }
}
