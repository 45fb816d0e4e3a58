// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.redisqueue.ra.inbound.QueueWatch.Next;

class QueueWatchTest {

    private final QueueWatch watch = new QueueWatch();

    private void knownEmpty() {
        watch.claimed(false, false, false);
    }

    @Test
    void claimsFirst() {
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
    }

    @Test
    void claimsAgainWhileThereAreMore() {
        watch.claimed(false, true, false);
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
    }

    @Test
    void waitsOnceWhenTheQueueIsKnownEmpty() {
        knownEmpty();
        assertThat(watch.next()).isEqualTo(Next.WAIT);
        assertThat(watch.next()).isEqualTo(Next.NOTHING);
    }

    @Test
    void claimsAfterAWaitEvenIfItTimedOut() {
        knownEmpty();
        watch.next();
        watch.waitEnded(false);
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
    }

    @Test
    void doesNotWaitTwiceWhenItClaimsDuringAWait() {
        knownEmpty();
        watch.next();
        watch.recheck();
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
        knownEmpty();
        assertThat(watch.next()).isEqualTo(Next.NOTHING);
    }

    @Test
    void doesNotWaitWhileItPolls() {
        knownEmpty();
        watch.next();
        watch.poll();
        assertThat(watch.next()).isEqualTo(Next.NOTHING);
        watch.wokenUp();
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
        knownEmpty();
        assertThat(watch.next()).isEqualTo(Next.WAIT);
    }

    @Test
    void wakeUpDoesNotEndAPendingWait() {
        knownEmpty();
        watch.next();
        watch.wokenUp();
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
        knownEmpty();
        assertThat(watch.next()).isEqualTo(Next.NOTHING);
    }

    @Test
    void claimsAgainIfAWaitReportedAMessageDuringTheClaim() {
        knownEmpty();
        watch.next();
        watch.recheck();
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
        watch.waitEnded(true);
        knownEmpty();
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
        knownEmpty();
        assertThat(watch.next()).isEqualTo(Next.WAIT);
    }

    @Test
    void claimsAgainIfTheTimerFiredDuringTheClaim() {
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
        watch.wokenUp();
        knownEmpty();
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
        knownEmpty();
        assertThat(watch.next()).isEqualTo(Next.WAIT);
    }

    @Test
    void claimAnswersTheWakeUp() {
        watch.waitEnded(true);
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
        knownEmpty();
        assertThat(watch.takeWakeUp()).isFalse();
    }

    @Test
    void wakeUpIsPassedOnOnceUnlessAClaimHasAnsweredIt() {
        watch.waitEnded(true);
        assertThat(watch.takeWakeUp()).isTrue();
        assertThat(watch.takeWakeUp()).isFalse();
        watch.wokenUp();
        assertThat(watch.takeWakeUp()).isTrue();
        watch.waitEnded(false);
        assertThat(watch.takeWakeUp()).isFalse();
    }

    @Test
    void failedClaimDoesNotAnswerTheWakeUp() {
        watch.waitEnded(true);
        watch.next();
        assertThat(watch.takeWakeUp()).isTrue();
    }

    @Test
    void claimThatTheLimitsDidNotPermitDoesNotAnswerTheWakeUp() {
        watch.waitEnded(true);
        watch.next();
        watch.claimed(false, true, true);
        assertThat(watch.takeWakeUp()).isTrue();

        watch.waitEnded(true);
        watch.next();
        watch.claimed(false, true, false);
        assertThat(watch.takeWakeUp()).isFalse();
    }

    @Test
    void doesNothingWhileTheQueueIsPaused() {
        assertThat(watch.claimed(true, false, false)).isTrue();
        assertThat(watch.next()).isEqualTo(Next.NOTHING);
        watch.wokenUp();
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
    }

    @Test
    void reportsPauseAndResumption() {
        assertThat(watch.claimed(false, false, false)).isFalse();
        assertThat(watch.claimed(true, false, false)).isTrue();
        watch.recheck();
        assertThat(watch.claimed(true, false, false)).isFalse();
        assertThat(watch.claimed(false, true, false)).isTrue();
        assertThat(watch.claimed(false, false, false)).isFalse();
    }
}
