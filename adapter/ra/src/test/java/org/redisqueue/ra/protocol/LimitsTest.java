// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.leases;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits of a queue, which its scripts enforce. */
class LimitsTest {

    private static final String BRANCH = "00020005-aa-bb";

    private final TestQueue queue = TestQueue.create();

    private SettingsOperations settings() {
        return queue.operations().settings();
    }

    private void limitRate(String rate) {
        result(settings().change(queue.name, QueueSetting.RATE_LIMIT, rate));
    }

    private void limitConcurrency(int most) {
        result(settings().change(queue.name, QueueSetting.MAX_QUEUE_CONCURRENCY, Integer.toString(most)));
    }

    private void send(int messages) {
        queue.send(IntStream.rangeClosed(1, messages).mapToObj(i -> "m" + i).toArray(String[]::new));
    }

    private int claimed(int limit) {
        return queue.claim(limit).messages().size();
    }

    private Object get(String suffix) {
        return queue.call("GET", queue.key(suffix));
    }

    @Test
    void queueWithoutSettingsHasNoLimits() {
        send(2);
        assertThat(queue.claim(1).limits()).isEqualTo(ClaimLimits.NONE);
        queue.call("HSET", queue.key("settings"), "another", "1", "rateLimit", "none");
        assertThat(queue.claim(1).limits()).isEqualTo(ClaimLimits.NONE);
        assertThat(queue.processing()).hasSize(2);
    }

    @Test
    void limitsAreOfNoInterestWhileTheQueueIsPaused() {
        limitRate("1/h");
        send(1);
        queue.call("SET", queue.key("paused"), "");

        assertThat(queue.claim(1).paused()).isTrue();
        queue.call("DEL", queue.key("paused"));

        assertThat(claimed(1)).isEqualTo(1);
    }

    @Nested
    class Rate {

        @ParameterizedTest
        @CsvSource({"100/s,25", "6000/min,25", "8/s,2", "7/s,1", "1/s,1", "1000/h,1", "1/h,1", "1000000/s,40"})
        void burstIsAQuarterOfASecondAndAtLeastOneMessage(String rate, int burst) {
            limitRate(rate);
            send(40);

            ClaimResult claim = queue.claim(40);

            assertThat(claim.messages()).hasSize(burst);
            assertThat(claim.more()).isEqualTo(burst < 40);
            assertThat(claim.limits().isReached()).isEqualTo(burst < 40);
            assertThat(queue.ready()).hasSize(40 - burst);
        }

        @Test
        void consumerAsksAgainAfterATenthOfASecondAtTheEarliest() {
            limitRate("100/s");
            send(40);
            assertThat(queue.claim(40).limits()).isEqualTo(new ClaimLimits(true, 100, false, Map.of()));
        }

        @Test
        void consumerAsksAgainAfterASecondAtTheLatest() {
            limitRate("1/h");
            send(2);
            assertThat(queue.claim(2).limits().restMillis()).isEqualTo(1_000);

            ClaimResult refused = queue.claim(2);

            assertThat(refused.messages()).isEmpty();
            assertThat(refused.dueInMillis()).isEmpty();
            assertThat(refused.more()).isTrue();
            assertThat(refused.limits().restMillis()).isEqualTo(1_000);
        }

        @Test
        void messagesAreClaimedAtTheirRateAndNotEarlier() {
            limitRate("100/s");
            send(200);
            double start = queue.now();
            int claimed = claimed(200);
            for (int i = 0; i < 5; i++) {
                queue.call("SET", queue.key("rate"), Double.toString(queue.now() + 150)); // as if 100 ms had passed
                claimed += claimed(200);
            }
            int most = 25 + (int) (500 + queue.now() - start) / 10;
            assertThat(claimed).isBetween(75, most + 5); // each time may have been rounded
        }

        @Test
        void messageThatIsNotThereTakesNoTime() {
            limitRate("1/h");
            assertThat(queue.claim(5).limits()).isEqualTo(new ClaimLimits(true, 0, false, Map.of()));
            queue.send("m1");
            assertThat(claimed(5)).isEqualTo(1);
        }

        @Test
        void redeliveryCounts() {
            limitRate("1/h");
            queue.redeliver(queue.held("m1"), 0, 9);

            assertThat(claimed(1)).isZero();
        }

        @Test
        void messageThatCannotBeDeliveredDoesNotCount() {
            limitRate("1/h");
            queue.send("gone", "m1");
            queue.call("DEL", queue.key("message:gone"));
            assertThat(queue.claim(1).gone()).containsExactly("gone");
            assertThat(claimed(1)).isEqualTo(1);
        }

        @Test
        void releasedMessageReturnsItsTime() {
            limitRate("1/h");
            Lease lease = queue.held("m1");
            assertThat(claimed(1)).isZero();

            queue.release(lease);

            assertThat(ids(queue.claim(1))).containsExactly("m1");
            assertThat(claimed(1)).isZero();
        }

        @Test
        void releaseAfterTheLimitHasEndedChangesNothingElse() {
            limitRate("100/s");
            Lease lease = queue.held("m1");
            limitRate("");

            assertThat(queue.release(lease)).isEqualTo(1);

            assertThat(ids(queue.claim(1))).containsExactly("m1");
        }

        @Test
        void clockThatWasSetBackDelaysNothing() {
            limitRate("1/h");
            send(40);
            queue.call("SET", queue.key("rate"), Double.toString(queue.now() + 36_000_000));

            assertThat(claimed(40)).isEqualTo(1);

            double ahead = Double.parseDouble((String) get("rate")) - queue.now();
            assertThat(ahead).isBetween(3_500_000d, 3_600_100d);
            assertThat(claimed(40)).isZero();
        }

        @Test
        void timeIsForgottenWhenItHasPassed() {
            limitRate("100/s");
            send(1);
            claimed(1);
            assertThat((Long) queue.call("PTTL", queue.key("rate"))).isBetween(-2L, 10L);
        }

        @ParameterizedTest
        @ValueSource(strings = {"junk", "nan", "-inf", "", "-5"})
        void damagedTimeCountsAsNone(String damaged) {
            limitRate("100/s");
            send(40);
            queue.call("SET", queue.key("rate"), damaged);

            assertThat(claimed(40)).isEqualTo(25);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {"junk", "0/s", "01/s", "-1/s", "1.5/s", "100", "100/d", "/s", "1000001/s", "100/s ", "inf/s"
                })
        void invalidLimitIsReportedAndCountsAsOnePerSecond(String invalid) {
            queue.call("HSET", queue.key("settings"), "rateLimit", invalid);
            send(5);

            ClaimResult claim = queue.claim(5);

            assertThat(claim.messages()).hasSize(1);
            assertThat(claim.limits().invalid()).isEqualTo(Map.of("rateLimit", invalid));
            assertThat(QueueSetting.RATE_LIMIT.allows(invalid)).isFalse();
        }

        @ParameterizedTest
        @ValueSource(strings = {"1/s", "1000000/s", "60/min", "999999/h"})
        void validLimitIsValidForTheAdapterAndForTheScript(String valid) {
            limitRate(valid);
            assertThat(queue.claim(1).limits().invalid()).isEmpty();
            assertThat(QueueSetting.RATE_LIMIT.allows(valid)).isTrue();
        }

        @Test
        void emptyLimitsCountAsNone() {
            queue.call("HSET", queue.key("settings"), "rateLimit", "", "maxQueueConcurrency", "");
            send(5);

            ClaimResult claim = queue.claim(5);

            assertThat(claim.messages()).hasSize(5);
            assertThat(claim.limits().limited()).isFalse();
        }

        @Test
        void scheduledMessagesCountWhenTheyAreDelivered() {
            limitRate("1/h");
            queue.send("m1", "m2");
            for (String id : List.of("m1", "m2")) {
                queue.call("LREM", queue.key("ready"), "0", id);
                queue.call("ZADD", queue.key("scheduled"), "1", id);
            }

            assertThat(ids(queue.claim(5))).containsExactly("m1");
            assertThat(queue.ready()).containsExactly("m2");
        }
    }

    @Nested
    class Concurrency {

        @Test
        void noMoreMessagesAreHeldThanTheQueuePermits() {
            limitConcurrency(2);
            send(4);

            ClaimResult first = queue.claim(10);

            assertThat(first.messages()).hasSize(2);
            assertThat(first.limits()).isEqualTo(new ClaimLimits(true, 0, true, Map.of()));
            ClaimResult refused = queue.claim(10);
            assertThat(refused.messages()).isEmpty();
            assertThat(refused.limits().full()).isTrue();
            assertThat(refused.more()).isTrue();
        }

        @Test
        void acknowledgedMessageMakesRoom() {
            limitConcurrency(1);
            send(2);
            queue.acknowledge(lease(queue.claim(1)));
            assertThat(claimed(5)).isEqualTo(1);
            assertThat(claimed(5)).isZero();
        }

        @Test
        void messageThatWaitsForItsRedeliveryMakesRoom() {
            limitConcurrency(1);
            send(2);
            queue.redeliver(lease(queue.claim(1)), 60_000, 9);
            assertThat(ids(queue.claim(5))).containsExactly("m2");
        }

        @Test
        void releasedAndDeadLetteredMessagesMakeRoom() {
            limitConcurrency(1);
            send(2);
            queue.release(lease(queue.claim(1)));
            queue.deadLetter(lease(queue.claim(1)));
            assertThat(ids(queue.claim(5))).containsExactly("m2");
        }

        @Test
        void preparedMessageCountsUntilItsBranchEnds() {
            limitConcurrency(1);
            send(2);
            Lease lease = lease(queue.claim(1));
            queue.prepare(BRANCH, List.of(lease));
            assertThat(claimed(5)).isZero();

            queue.commit(BRANCH);

            assertThat(ids(queue.claim(5))).containsExactly("m2");
        }

        @Test
        void messageOfARolledBackBranchCountsWhileItsConsumerHasIt() {
            limitConcurrency(1);
            send(2);
            Lease lease = lease(queue.claim(1));
            queue.prepare(BRANCH, List.of(lease));

            queue.rollback(BRANCH, 60_000);

            assertThat(claimed(5)).isZero();
            queue.redeliver(lease, 60_000, 9);
            assertThat(claimed(5)).isEqualTo(1);
        }

        @Test
        void messageOfADeadConsumerIsClaimedAgain() {
            limitConcurrency(1);
            Lease lease = queue.held("m1");
            assertThat(claimed(5)).isZero();

            queue.letTimePass(lease);

            assertThat(ids(queue.claim(5))).containsExactly("m1");
            assertThat(claimed(5)).isZero();
        }

        @Test
        void renewedLeaseCountsAgainAfterItHadEnded() {
            limitConcurrency(1);
            Lease lease = queue.held("m1");
            queue.letTimePass(lease);

            queue.renew(lease);

            queue.send("m2");
            assertThat(claimed(5)).isZero();
        }

        @Test
        void messagesThatWereClaimedBeforeCount() {
            queue.held("m1");
            limitConcurrency(1);
            queue.send("m2");
            assertThat(claimed(5)).isZero();
        }

        @Test
        void messagesThatWereClaimedBeforeCountAmongThoseThatHaveFailed() {
            queue.redeliver(queue.held("m1"), 60_000, 9);
            queue.held("m2");
            limitConcurrency(1);
            queue.send("m3");
            assertThat(claimed(5)).isZero();
            assertThat(queue.claim(5).limits().full()).isTrue();
        }

        @Test
        void anyNumberOfMessagesMayWaitForTheirRedelivery() {
            for (int i = 0; i < 5; i++) {
                queue.redeliver(queue.held("n" + i), 60_000, 9);
            }
            limitConcurrency(2);
            send(4);
            assertThat(claimed(1)).isEqualTo(1);
            assertThat(claimed(5)).isEqualTo(1);
            assertThat(claimed(5)).isZero();
        }

        @Test
        void queueIsFullOnlyIfItsMessagesAreHeld() {
            limitConcurrency(3);
            send(6);
            for (int i = 0; i < 6; i++) {
                ClaimResult claim = queue.claim(1);
                assertThat(claim.limits().full()).isFalse();
                queue.acknowledge(lease(claim));
            }
        }

        @Test
        void slotsOfMessagesThatAreNoLongerHeldAreRemovedInTime() {
            limitConcurrency(3);
            List<Object> words = new ArrayList<>(List.of("ZADD", queue.key("slots")));
            for (int i = 0; i < 1_100; i++) {
                words.add("1");
                words.add("n" + i + " t" + i);
            }
            queue.call(words.toArray());
            Lease lease = queue.held("m1");

            assertThat(TestQueue.texts(queue.call("ZRANGE", queue.key("slots"), "0", "-1")))
                    .containsExactly(lease.member());
        }

        @Test
        void highestLimitIsEnforced() {
            limitConcurrency(1_000);
            for (int i = 0; i < 3; i++) {
                String prefix = "m" + i + ".";
                queue.send(IntStream.range(0, 1_000).mapToObj(j -> prefix + j).toArray(String[]::new));
            }
            assertThat(claimed(400) + claimed(400) + claimed(400)).isEqualTo(1_000);
            assertThat(claimed(1_000)).isZero();
        }

        @ParameterizedTest
        @ValueSource(strings = {"many", "0", "-1", "1001", "1e3", "99999999999999999999"})
        void invalidLimitIsReportedAndCountsAsOne(String invalid) {
            queue.call("HSET", queue.key("settings"), "maxQueueConcurrency", invalid);
            send(3);

            ClaimResult claim = queue.claim(3);

            assertThat(claim.messages()).hasSize(1);
            assertThat(claim.limits().invalid()).isEqualTo(Map.of("maxQueueConcurrency", invalid));
            assertThat(QueueSetting.MAX_QUEUE_CONCURRENCY.allows(invalid)).isFalse();
        }

        @Test
        void smallerLimitOfTwoApplies() {
            limitConcurrency(3);
            limitRate("8/s");
            send(5);
            assertThat(claimed(5)).isEqualTo(2);
        }

        @Test
        void slotsAreDeletedWhenTheLimitEnds() {
            limitConcurrency(3);
            queue.held("m1");
            result(settings().change(queue.name, QueueSetting.MAX_QUEUE_CONCURRENCY, "none"));
            assertThat(queue.call("EXISTS", queue.key("slots"))).isEqualTo(0L);
            assertThat(claimed(1)).isZero();
        }
    }

    @Nested
    class Settings {

        private final Map<QueueSetting, String> declared =
                Map.of(QueueSetting.RATE_LIMIT, "100/s", QueueSetting.MAX_QUEUE_CONCURRENCY, "5");

        @Test
        void declarationSetsWhatIsNotSet() {
            assertThat(result(settings().declare(queue.name, declared))).isEqualTo(declared);
            assertThat(queue.hash("settings")).isEqualTo(Map.of("rateLimit", "100/s", "maxQueueConcurrency", "5"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"50/s", "none"})
        void declarationKeepsWhatAnOperatorHasSet(String set) {
            limitRate(set);
            assertThat(result(settings().declare(queue.name, declared)))
                    .isEqualTo(Map.of(QueueSetting.RATE_LIMIT, set, QueueSetting.MAX_QUEUE_CONCURRENCY, "5"));
            assertThat(queue.hash("settings")).containsEntry("rateLimit", set);
        }

        @Test
        void removedSettingIsGone() {
            limitRate("100/s");
            limitRate("");
            assertThat(result(settings().read(queue.name))).isEmpty();
            assertThat(queue.everything()).isEmpty();
        }

        @Test
        void settingsOfOtherProgramsAreReadAsTheyAre() {
            queue.call("HSET", queue.key("settings"), "rateLimit", "junk", "another", "1");
            assertThat(result(settings().read(queue.name))).isEqualTo(Map.of(QueueSetting.RATE_LIMIT, "junk"));
        }

        @Test
        void changedLimitAppliesToTheNextClaim() {
            limitRate("1/h");
            send(40);
            assertThat(leases(queue.claim(40))).hasSize(1);

            limitRate("100/s");

            assertThat(claimed(1)).isEqualTo(1);
        }
    }
}
