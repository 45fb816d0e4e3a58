// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One worker without a message stays on its thread until it is called, or its time is over. */
class StandbyTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(20);

    private final Object lock = new Object();
    private final Semaphore places = new Semaphore(1);
    private final List<Thread> workers = new ArrayList<>();

    @AfterEach
    void stop() {
        workers.forEach(Thread::interrupt);
    }

    private Standby standby(Duration max) {
        return new Standby(lock, max, places);
    }

    private CompletableFuture<Boolean> worker(Standby standby) {
        CompletableFuture<Boolean> called = new CompletableFuture<>();
        Thread thread = new Thread(() -> called.complete(standby.await(System.nanoTime())));
        workers.add(thread);
        thread.start();
        return called;
    }

    private CompletableFuture<Boolean> waitingWorker(Standby standby) {
        CompletableFuture<Boolean> called = worker(standby);
        Thread thread = workers.get(workers.size() - 1);
        await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
        return called;
    }

    private boolean call(Standby standby) {
        synchronized (lock) {
            return standby.call();
        }
    }

    @Test
    void workerThatIsCalledContinues() {
        Standby standby = standby(LONG);
        CompletableFuture<Boolean> called = waitingWorker(standby);
        assertThat(call(standby)).isTrue();
        assertThat(called).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(true);
    }

    @Test
    void workerThatIsNotCalledEnds() {
        Standby standby = standby(SHORT);
        assertThat(standby.await(System.nanoTime())).isFalse();
        assertThat(call(standby)).isFalse();
    }

    @Test
    void workerCanStandByAgain() {
        Standby standby = standby(LONG);
        for (int i = 0; i < 3; i++) {
            CompletableFuture<Boolean> called = waitingWorker(standby);
            assertThat(call(standby)).isTrue();
            assertThat(called).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(true);
        }
    }

    @Test
    void onlyOneWorkerOfAListenerStandsBy() {
        places.release();
        Standby standby = standby(LONG);
        CompletableFuture<Boolean> called = waitingWorker(standby);
        assertThat(standby.await(System.nanoTime())).isFalse();
        assertThat(called).isNotDone();
    }

    @Test
    void fewWorkersOfAllListenersStandBy() {
        Standby one = standby(LONG);
        Standby other = standby(SHORT);
        CompletableFuture<Boolean> called = waitingWorker(one);
        assertThat(other.await(System.nanoTime())).isFalse();
        assertThat(places.availablePermits()).isZero();

        call(one);

        assertThat(called).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(true);
        await().until(() -> places.availablePermits() == 1);
        other.await(System.nanoTime());
        assertThat(places.availablePermits()).isEqualTo(1);
    }

    @Test
    void workerThatHasRunForLongGivesItsThreadBack() {
        Standby standby = standby(LONG);
        assertThat(standby.await(System.nanoTime() - Duration.ofSeconds(2).toNanos()))
                .isFalse();
        assertThat(places.availablePermits()).isEqualTo(1);
    }

    @Test
    void calledWorkerIsNotForgottenBeforeItContinues() {
        Standby standby = standby(LONG);
        CompletableFuture<Boolean> called = waitingWorker(standby);
        places.release();
        synchronized (lock) {
            assertThat(standby.call()).isTrue();
            assertThat(standby.await(System.nanoTime())).isFalse();
            assertThat(standby.call()).isFalse();
            standby.close();
        }
        assertThat(called).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(true);
    }

    @Test
    void noWorkerStandsByAfterTheEnd() {
        Standby standby = standby(LONG);
        CompletableFuture<Boolean> called = waitingWorker(standby);
        synchronized (lock) {
            standby.close();
        }
        assertThat(called).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(false);
        assertThat(standby.await(System.nanoTime())).isFalse();
    }

    @Test
    void interruptedWorkerEnds() {
        Standby standby = standby(LONG);
        CompletableFuture<Boolean> called = waitingWorker(standby);
        workers.get(0).interrupt();
        assertThat(called).succeedsWithin(Duration.ofSeconds(10)).isEqualTo(false);
        assertThat(call(standby)).isFalse();
    }
}
