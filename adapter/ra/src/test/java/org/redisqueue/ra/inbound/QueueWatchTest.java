// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.redisqueue.ra.inbound.QueueWatch.Next;

class QueueWatchTest {

    private final QueueWatch watch = new QueueWatch();

    private void knownEmpty() {
        watch.claimed(false, false);
    }

    @Test
    void claimsFirst() {
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
    }

    @Test
    void claimsAgainWhileThereAreMore() {
        watch.claimed(false, true);
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
        watch.waitEnded();
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
    void doesNothingWhileTheQueueIsPaused() {
        assertThat(watch.claimed(true, false)).isTrue();
        assertThat(watch.next()).isEqualTo(Next.NOTHING);
        watch.wokenUp();
        assertThat(watch.next()).isEqualTo(Next.CLAIM);
    }

    @Test
    void reportsPauseAndResumption() {
        assertThat(watch.claimed(false, false)).isFalse();
        assertThat(watch.claimed(true, false)).isTrue();
        watch.recheck();
        assertThat(watch.claimed(true, false)).isFalse();
        assertThat(watch.claimed(false, true)).isTrue();
        assertThat(watch.claimed(false, false)).isFalse();
    }
}
