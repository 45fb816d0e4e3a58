// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.inbound.CircuitBreaker.Verdict;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.ra.protocol.TakeBackRequest;

/** The states of a circuit breaker, with a clock that the test sets. */
class CircuitBreakerTest {

    private final CircuitBreaker breaker = new CircuitBreaker(4, LongUnaryOperator.identity());
    private long now = Long.MAX_VALUE - Duration.ofSeconds(8).toNanos(); // overflows during the tests

    private static Failure failure(ClaimedMessage message, boolean last, long delayMillis) {
        return new Failure(message, last, delayMillis, "why", 0, counted -> {});
    }

    private Verdict fail(ClaimedMessage message, boolean last, boolean others) {
        return breaker.failed(failure(message, last, 1_000), others, true, now);
    }

    private void failWithDelay(String id, Duration delay) {
        breaker.failed(failure(message(id), false, delay.toMillis()), true, true, now);
    }

    private FailedMessage failed(ClaimedMessage message) {
        return Objects.requireNonNull(breaker.run().find(message));
    }

    private void succeed() {
        if (breaker.isOpen()) {
            assertThat(breaker.isClosedBy(now)).isTrue();
            breaker.close();
        } else {
            assertThat(breaker.run().succeeded(now + 1)).isEmpty();
        }
    }

    private Verdict fail(String id) {
        return fail(message(id), false, true);
    }

    private static ClaimedMessage message(String id) {
        return StoredMessage.leased(id, 1);
    }

    private void pass(long millis) {
        now += Duration.ofMillis(millis).toNanos();
    }

    private void open() {
        List.of("a", "b", "a", "b").forEach(this::fail);
        assertThat(breaker.isOpen()).isTrue();
    }

    private ClaimedMessage probe(String id) {
        ClaimedMessage message = message(id);
        breaker.started(message.lease(), now);
        return message;
    }

    // Opening

    @Test
    void opensAtTheThreshold() {
        assertThat(List.of(fail("a"), fail("b"), fail("c"))).containsOnly(Verdict.COUNT);
        assertThat(breaker.isOpen()).isFalse();

        assertThat(fail("d")).isEqualTo(Verdict.UNCOUNTED);

        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.waitMillis(now)).isBetween(1_000L, 1_001L);
    }

    @Test
    void successStartsANewRun() {
        List.of("a", "b", "c").forEach(this::fail);
        succeed();
        pass(1);
        List.of("d", "e", "f").forEach(this::fail);
        assertThat(breaker.isOpen()).isFalse();
        assertThat(breaker.run().ids()).containsExactly("d", "e", "f");
    }

    @Test
    void singleMessageNeverOpensIt() {
        for (int i = 0; i < 100; i++) {
            assertThat(fail(StoredMessage.failed("a", i), false, false)).isEqualTo(Verdict.COUNT);
            pass(1_000);
        }
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void opensWhenAllDeliveriesOfFiveSecondsHaveFailed() {
        fail("a");
        pass(4_999);
        fail("b");
        assertThat(breaker.isOpen()).isFalse();
        pass(1);
        fail("a");
        assertThat(breaker.isOpen()).isTrue();
    }

    // Failures that would dead-letter a message

    @Test
    void lastFailureCountsIfNoOtherMessageIsInProgress() {
        assertThat(fail(message("a"), true, false)).isEqualTo(Verdict.COUNT);
    }

    @Test
    void lastFailureIsHeldWhileOtherMessagesAreInProgressOrHaveFailed() {
        assertThat(fail(message("a"), true, true)).isEqualTo(Verdict.HOLD);
        assertThat(fail(message("b"), true, false)).isEqualTo(Verdict.HOLD);
    }

    @Test
    void lastFailureDoesNotCountWhileNothingElseIsDelivered() {
        assertThat(breaker.failed(failure(message("a"), true, 0), true, false, now))
                .isEqualTo(Verdict.UNCOUNTED);
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void heldFailuresWaitUntilNoDeliveryHasFailedForFiveSecondsOrIsInProgress() {
        fail(message("a"), true, true);
        pass(4_999);
        assertThat(hasWaited(false)).isFalse();
        fail("a");
        pass(4_999);
        assertThat(hasWaited(false)).isFalse();
        pass(1);
        assertThat(hasWaited(true)).isFalse();
        assertThat(hasWaited(false)).isTrue();
    }

    @Test
    void heldFailuresWaitForAMinuteAtMost() {
        fail(message("a"), true, true);
        pass(60_000);
        assertThat(hasWaited(true)).isFalse();
        pass(1);
        assertThat(hasWaited(true)).isTrue();
    }

    private boolean hasWaited(boolean delivering) {
        return breaker.run().hasWaited(delivering, CircuitBreaker.FAILING_NANOS, now);
    }

    @Test
    void opensWhenDeliveriesStopAfterTheFailuresOfSeveralMessages() {
        fail(message("a"), true, true);
        fail(message("b"), true, true);
        pass(5_000);
        assertThat(breaker.openIfSeveralHaveFailed(now)).isTrue();
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void singleMessageDoesNotOpenItWhenDeliveriesStop() {
        fail(message("a"), true, true);
        pass(5_000);
        assertThat(breaker.openIfSeveralHaveFailed(now)).isFalse();
    }

    // The age of failures

    @Test
    void failureIsForgottenWhenItsMessageShouldLongHaveBeenRedelivered() {
        fail("poison");
        pass(11_001);
        fail("b");
        assertThat(breaker.isOpen()).isFalse();
        assertThat(breaker.run().ids()).containsExactly("b");
    }

    @Test
    void failureIsRememberedDuringItsRedeliveryDelay() {
        failWithDelay("a", Duration.ofMinutes(4));
        pass(Duration.ofMinutes(4).toMillis());
        failWithDelay("b", Duration.ofMinutes(4));
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void failureIsRememberedDuringTheRedeliveryOfItsMessage() {
        for (int i = 0; i < 2; i++) {
            Failure slow = new Failure(
                    message("a"), false, 1_000, "why", Duration.ofSeconds(30).toNanos(), counted -> {});
            breaker.failed(slow, true, true, now);
            fail("b");
            pass(31_000);
        }
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void failureIsForgottenAfterFiveMinutesEvenIfItsRedeliveryDelayIsLonger() {
        failWithDelay("a", Duration.ofDays(1));
        pass(Duration.ofHours(4).toMillis());
        failWithDelay("b", Duration.ofDays(1));
        assertThat(breaker.isOpen()).isFalse();
    }

    // Successes

    @Test
    void successEndsOnlyTheFailuresFromBeforeItsDeliveryBegan() {
        fail(message("a"), true, true);
        pass(10);
        long since = now;
        pass(10);
        fail(message("b"), true, true);

        assertThat(breaker.run().succeeded(since))
                .extracting(each -> each.message().lease().id())
                .containsExactly("a");
        assertThat(breaker.run().ids()).containsExactly("b");
        assertThat(breaker.run().hasHeld()).isTrue();
    }

    @Test
    void failuresOnBothSidesOfASuccessAreNotAddedUp() {
        List.of("a", "b").forEach(this::fail);
        breaker.run().succeeded(now - 1);
        List.of("a", "b", "a").forEach(this::fail);
        assertThat(breaker.isOpen()).isFalse();
        fail("b");
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void successOfADeliveryThatBeganBeforeTheOpeningDoesNotCloseIt() {
        open();
        assertThat(breaker.isClosedBy(now - 1)).isFalse();
        assertThat(breaker.isClosedBy(now + 1)).isTrue();
    }

    // Taking back

    @Test
    void confirmedFailuresOfTheRunAreTakenBackAndLaterOnesWhenTheyAreConfirmed() {
        ClaimedMessage first = StoredMessage.failed("a", 2);
        ClaimedMessage second = StoredMessage.failed("b", 0);
        fail(first, false, true);
        assertThat(failed(first).confirmed()).isNull();
        fail(second, false, true);
        FailedMessage late = failed(second);
        fail("c");
        fail("d");

        assertThat(breaker.run().revoke()).containsExactly(TakeBackRequest.ofWaiting("queue", "a", 3, 2));
        assertThat(late.confirmed()).isEqualTo(TakeBackRequest.ofWaiting("queue", "b", 1, 0));
    }

    @Test
    void deliveryThatEndsAfterTheOpeningKnowsTheEarlierFailuresOfItsMessage() {
        ClaimedMessage first = StoredMessage.failed("a", 2);
        fail(first, false, true);
        fail("b");
        fail("c");
        fail("d");
        assertThat(fail(StoredMessage.failed("a", 3), true, true)).isEqualTo(Verdict.UNCOUNTED);
        assertThat(breaker.run().failuresBefore(StoredMessage.failed("a", 3))).isEqualTo(2);
        assertThat(breaker.run().failuresBefore(StoredMessage.failed("a", 4)))
                .as("failed elsewhere")
                .isEqualTo(4);
    }

    // Probes

    @Test
    void waitsTwiceAsLongAfterEachProbeUpToAMinute() {
        open();
        List<Long> waits = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            waits.add(breaker.waitMillis(now) - 1);
            pass(waits.get(i) + 1);
            assertThat(breaker.waitMillis(now)).isZero();
            assertThat(fail(probe("p"), true, true)).isEqualTo(Verdict.UNCOUNTED);
        }
        assertThat(waits).containsExactly(1_000L, 2_000L, 4_000L, 8_000L, 16_000L, 32_000L, 60_000L, 60_000L, 60_000L);
    }

    @Test
    void waitsBrieflyAgainWhenItOpensAgain() {
        open();
        pass(1_001);
        fail(probe("p"), false, true);
        succeed();
        List.of("e", "f", "g", "h").forEach(this::fail);
        assertThat(breaker.waitMillis(now)).isBetween(1_000L, 1_001L);
    }

    @Test
    void deliveryThatBeganBeforeTheOpeningIsNoProbe() {
        open();
        breaker.inconclusive(message("old").lease(), now);
        assertThat(breaker.waitMillis(now)).isBetween(1_000L, 1_001L);
    }

    @Test
    void probeThatDoesNotReturnIsFollowedByAnother() {
        open();
        pass(1_001);
        probe("hung");
        assertThat(breaker.waitMillis(now)).isBetween(2_000L, 2_001L);

        pass(2_001);
        assertThat(breaker.waitMillis(now)).isZero();
        probe("next");

        assertThat(breaker.waitMillis(now)).isBetween(4_000L, 4_001L);
    }

    @Test
    void probeThatShowsNothingIsFollowedByAnotherAtOnceAndIsNotCounted() {
        open();
        pass(1_001);
        breaker.inconclusive(probe("unreadable").lease(), now);
        assertThat(breaker.waitMillis(now)).isZero();
        probe("next");
        assertThat(breaker.waitMillis(now)).isBetween(2_000L, 2_001L);
    }

    @Test
    void prefersMessagesWithoutFailuresAndThenTheOneProbedLongestAgo() {
        open();
        ClaimedMessage a = message("a");
        ClaimedMessage b = message("b");
        ClaimedMessage before = StoredMessage.failed("c", 2);
        ClaimedMessage fresh = message("d");
        assertThat(breaker.choose(List.of(a, b, before, fresh))).isSameAs(fresh);
        assertThat(breaker.choose(List.of(b, a, before))).isSameAs(before);
        assertThat(breaker.choose(List.of(b, a))).isSameAs(a);
        fail(probe("a"), false, true);
        assertThat(breaker.choose(List.of(a, b))).isSameAs(b);
    }

    // Suspects

    @Test
    void messagesThatFailedDuringTheOutageDoNotOpenItAgainOnTheirOwn() {
        open();
        breaker.close();
        pass(1);
        for (int i = 0; i < 50; i++) {
            assertThat(List.of(fail("a"), fail("b"))).containsOnly(Verdict.COUNT);
            pass(1_000);
        }
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void failuresOfSuspectsAreTakenBackInTheNextOutage() {
        open();
        breaker.close();
        ClaimedMessage suspect = message("a");
        fail(suspect, false, true);
        failed(suspect).confirmed();
        List.of("e", "f", "g", "h").forEach(this::fail);
        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.run().revoke()).containsExactly(TakeBackRequest.ofWaiting("queue", "a", 1, 0));
    }

    @Test
    void manySuspectsThatFailTogetherIndicateAnotherOutage() {
        List.of("a", "b", "c", "d").forEach(this::fail);
        breaker.close();
        pass(1);
        assertThat(List.of(fail("a"), fail("b"), fail("c"))).containsOnly(Verdict.COUNT);
        assertThat(fail("d")).isEqualTo(Verdict.UNCOUNTED);
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void messagesThatFailedInManyOutagesDoNotOpenItAgainHoweverManyTheyAre() {
        for (int i = 0; i < 6; i++) {
            List.of("a", "b", "c", "d").forEach(this::fail);
            assertThat(breaker.isOpen()).isTrue();
            breaker.close();
            pass(1);
        }
        assertThat(List.of(fail("a"), fail("b"), fail("c"), fail("d"))).containsOnly(Verdict.COUNT);
        assertThat(breaker.isOpen()).isFalse();
        List.of("e", "f", "g", "h").forEach(this::fail);
        assertThat(breaker.isOpen()).as("by other messages").isTrue();
    }

    @Test
    void suspicionEndsTenMinutesAfterTheLastFailure() {
        open();
        breaker.close();
        pass(Duration.ofMinutes(9).toMillis());
        fail("a");
        pass(Duration.ofMinutes(9).toMillis());
        fail("a");
        fail("b");
        assertThat(breaker.run().find(message("a")).outages()).isEqualTo(1);
        assertThat(breaker.run().find(message("b")).outages()).isZero();
    }

    @Test
    void resetMakesNoMessageASuspect() {
        open();
        breaker.reset();
        assertThat(breaker.isOpen()).isFalse();
        open();
    }
}
