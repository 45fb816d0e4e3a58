// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InFlightTest {

    private static final long LONG = TimeUnit.SECONDS.toMillis(20);

    private final Object lock = new Object();
    private final InFlight inFlight = new InFlight(lock, () -> {});

    private void locked(Runnable step) {
        synchronized (lock) {
            step.run();
        }
    }

    /** Waits on another thread until nothing is in flight. */
    private CompletableFuture<Integer> awaitIdle() {
        CompletableFuture<Integer> left = new CompletableFuture<>();
        Thread thread = new Thread(() -> left.complete(inFlight.awaitIdle(LONG)));
        thread.start();
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return left;
    }

    @Test
    void isIdleAtFirst() {
        assertThat(inFlight.awaitIdle(LONG)).isZero();
    }

    @Test
    void doesNotWaitForWorkersThatDeliverNothing() {
        locked(() -> inFlight.workersStarted(3));
        assertThat(inFlight.workers()).isEqualTo(3);
        assertThat(inFlight.awaitIdle(LONG)).isZero();
    }

    @Test
    void waitsForDeliveries() {
        locked(() -> inFlight.deliveryStarted(1));
        CompletableFuture<Integer> left = awaitIdle();
        locked(() -> inFlight.deliveryEnded(1));
        assertThat(left).succeedsWithin(LONG, TimeUnit.MILLISECONDS).isEqualTo(0);
    }

    @Test
    void waitsForTheReplyToAClaim() {
        locked(inFlight::claimStarted);
        assertThat(inFlight.isClaiming()).isTrue();
        CompletableFuture<Integer> left = awaitIdle();
        locked(inFlight::claimEnded);
        assertThat(left).succeedsWithin(LONG, TimeUnit.MILLISECONDS).isEqualTo(0);
    }

    @Test
    void waitsForTheRepliesToOtherCalls() {
        CompletableFuture<String> call = new CompletableFuture<>();
        inFlight.follow(call);
        inFlight.follow(CompletableFuture.completedFuture("reply"));
        CompletableFuture<Integer> left = awaitIdle();
        call.completeExceptionally(new IllegalStateException());
        assertThat(left).succeedsWithin(LONG, TimeUnit.MILLISECONDS).isEqualTo(0);
    }

    @Test
    void givesUpAndCountsTheRemainingDeliveries() {
        locked(() -> inFlight.deliveryStarted(1));
        locked(() -> inFlight.deliveryStarted(1));
        assertThat(inFlight.awaitIdle(10)).isEqualTo(2);
        assertThat(inFlight.awaitIdle(0)).isEqualTo(2);
    }

    @Test
    void stopsWaitingWhenInterrupted() {
        locked(() -> inFlight.deliveryStarted(1));
        Thread.currentThread().interrupt();
        assertThat(inFlight.awaitIdle(LONG)).isEqualTo(1);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void countsTheMessagesOfBatches() {
        locked(() -> inFlight.deliveryStarted(3));
        locked(() -> inFlight.deliveryStarted(1));
        assertThat(inFlight.deliveries()).isEqualTo(2);
        assertThat(inFlight.messages()).isEqualTo(4);
        locked(() -> inFlight.deliveryEnded(3));
        assertThat(inFlight.deliveries()).isEqualTo(1);
        assertThat(inFlight.messages()).isEqualTo(1);
    }
}
