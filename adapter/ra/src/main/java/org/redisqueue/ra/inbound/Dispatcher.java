// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.observer.PauseScope;
import org.redisqueue.ra.protocol.ClaimedMessage;

/**
 * Hands the messages of one queue to workers: starts workers while there is work, and claims messages while there is
 * room.
 *
 * <p>It runs on the threads of its callers: replies from Redis, workers that request the next message, and timers
 * trigger the next step. While the queue is idle, only a blocking read is pending in Redis.
 *
 * <p>One lock guards its state and that of its {@link Supply}. Nothing blocks, or calls the container or an observer,
 * while it is held.
 */
final class Dispatcher {

    private static final long RECOVERY_MILLIS = 1_000;

    private enum Intake {
        OPEN,
        /** Claims and delivers no messages until it is resumed. */
        PAUSED,
        /** Claims and delivers no further messages. */
        STOPPED
    }

    private final ConsumerContext context;
    private final IntConsumer workforce;
    private final Object lock = new Object();
    private final InFlight inFlight = new InFlight(lock);
    private final Admission admission;
    private final Releases releases;
    private final WakeUpTimer wakeUp;
    private final OtherConsumers others;
    private final Supply supply;
    private Intake intake = Intake.OPEN;

    /**
     * @param workforce starts this number of workers, each of which asks for messages until there are none left; does
     *     not block
     */
    Dispatcher(ConsumerContext context, ActivationSettings settings, IntConsumer workforce) {
        this.context = context;
        this.workforce = workforce;
        this.admission = new Admission(settings.maxConcurrency());
        this.releases = new Releases(context, inFlight);
        this.wakeUp = new WakeUpTimer(context.timer(), () -> guarded(this::wokenUp), this::stopIntake);
        this.others = new OtherConsumers(context, inFlight, wakeUp);
        this.supply = new Supply(context, settings, lock, inFlight, releases, wakeUp, others, new Supply.Demand() {
            @Override
            public boolean accepts() {
                return intake == Intake.OPEN && !admission.isResting(System.nanoTime());
            }

            @Override
            public boolean isConsuming() {
                synchronized (lock) {
                    return intake != Intake.STOPPED;
                }
            }

            @Override
            public void proceed() {
                Dispatcher.this.proceed();
            }

            @Override
            public void guarded(Runnable step) {
                Dispatcher.this.guarded(step);
            }
        });
    }

    /** Starts to consume as soon as Redis can be reached. */
    void start() {
        supply.start();
    }

    /**
     * Returns the next message for a worker.
     *
     * @param hadMessage whether the worker has just completed the delivery of a message
     * @return null if there is none; the worker then ends
     */
    @Nullable
    ClaimedMessage next(boolean hadMessage) {
        ClaimedMessage next;
        List<ClaimedMessage> unusable;
        synchronized (lock) {
            if (hadMessage) {
                inFlight.deliveryEnded();
                admission.delivered();
            }
            next = intake == Intake.STOPPED ? null : supply.poll(System.nanoTime());
            unusable = supply.takeUnusable();
            if (next == null) {
                inFlight.workerEnded();
            } else {
                inFlight.deliveryStarted();
            }
        }
        releases.releaseUnlessLost(unusable);
        proceed();
        return next;
    }

    /** Records that a worker could not be started and will not ask for messages. Does not throw. */
    void workerRefused() {
        guarded(() -> rest(inFlight::workerEnded, List.of()));
    }

    /**
     * Records that a worker ends because the container did not hand its message to the listener. The message is
     * released and delivered later. Does not throw: otherwise the worker would be recorded as failed, too.
     */
    void putBack(ClaimedMessage message) {
        guarded(() -> rest(
                () -> {
                    inFlight.deliveryEnded();
                    inFlight.workerEnded();
                },
                List.of(message)));
    }

    /**
     * Records that a worker ends because of an unexpected failure.
     *
     * @param hadMessage whether the worker had a message, whose lease it has dropped
     */
    void workerFailed(boolean hadMessage, Throwable failure) {
        rest(
                () -> {
                    if (hadMessage) {
                        inFlight.deliveryEnded();
                    }
                    inFlight.workerEnded();
                },
                List.of());
        context.failures().report(failure);
    }

    /**
     * Releases every claimed message that no listener has seen, and rests: neither claims nor delivers for a while.
     *
     * @param ending records what has ended; runs after the release is under way, so that {@link #drain} also waits for
     *     the reply to the release
     * @param refused further messages that no listener has seen, claimed before all others
     */
    private void rest(Runnable ending, List<ClaimedMessage> refused) {
        try {
            List<ClaimedMessage> unseen = new ArrayList<>(refused);
            synchronized (lock) {
                unseen.addAll(supply.clear());
            }
            releases.release(unseen);
        } finally {
            long millis;
            synchronized (lock) {
                ending.run();
                long now = System.nanoTime();
                admission.refused(inFlight.workers(), now);
                millis = admission.restMillis(now);
                supply.recheck();
            }
            wakeUp.within(millis);
        }
    }

    /**
     * Runs a step that has no caller to report a failure to. Consumption continues even if the step throws an
     * exception.
     */
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            recover(e);
        }
    }

    /** Handles an unexpected failure, such as exhausted memory: starts over after a rest. */
    private void recover(Throwable failure) {
        try {
            rest(() -> {}, List.of());
        } catch (Throwable e) {
            context.failures().report(e); // not suppressed: the JVM may have thrown the same object twice
        }
        context.failures().report(failure);
    }

    /** Looks for messages again no later than this time from now; a consumer that has stopped asks another one. */
    void checkWithin(long millis) {
        if (!wakeUp.within(millis)) {
            others.handOver();
        }
    }

    /** Registers a call whose reply {@link #drain} waits for. */
    void follow(CompletableFuture<?> call) {
        inFlight.follow(call);
    }

    /** @see Releases#release */
    void release(ClaimedMessage message) {
        releases.release(List.of(message));
    }

    /** Claims no messages until {@link #resume}, and releases those that no listener has seen. Does not block. */
    void pause() {
        List<ClaimedMessage> unseen;
        boolean changed;
        boolean woken;
        synchronized (lock) {
            changed = intake == Intake.OPEN;
            if (changed) {
                intake = Intake.PAUSED;
            }
            unseen = supply.clear();
            woken = supply.takeWakeUp();
        }
        releases.release(unseen);
        if (woken) {
            others.passOn();
        }
        if (changed) {
            context.observer().paused(context.queue(), PauseScope.LISTENER);
        }
    }

    /** Ends a {@link #pause}. */
    void resume() {
        boolean changed;
        synchronized (lock) {
            changed = intake == Intake.PAUSED;
            if (changed) {
                intake = Intake.OPEN;
            }
            supply.recheck();
        }
        proceed();
        if (changed) {
            context.observer().resumed(context.queue(), PauseScope.LISTENER);
        }
    }

    /** Claims no further messages, and releases those that no listener has seen. Does not block. */
    void stop() {
        boolean connected = supply.isConnected(); // otherwise, other consumers look for messages when they connect
        supply.stop();
        boolean expecting = wakeUp.stop();
        List<ClaimedMessage> unseen;
        boolean woken;
        synchronized (lock) {
            intake = Intake.STOPPED;
            unseen = supply.clear();
            woken = supply.takeWakeUp();
        }
        releases.release(unseen);
        if (connected && expecting) {
            others.handOver();
        } else if (connected && woken) {
            others.passOn();
        }
    }

    private void stopIntake() {
        synchronized (lock) {
            intake = Intake.STOPPED;
        }
    }

    /**
     * After {@link #stop}, waits for the running listeners and for the replies from Redis.
     *
     * @param millis maximum time to wait, in milliseconds
     * @return number of listeners that are still running
     */
    int drain(long millis) {
        return inFlight.awaitIdle(millis);
    }

    /** Takes the next possible steps: starts workers, claims messages, or waits for them. Does not throw. */
    private void proceed() {
        guarded(this::step);
    }

    private void step() {
        int missing = 0;
        int room = 0;
        boolean awaitsRecovery = false;
        QueueWatch.Next next = QueueWatch.Next.NOTHING;
        boolean passesOn;
        synchronized (lock) {
            long now = System.nanoTime();
            if (intake == Intake.OPEN && supply.isConnected() && !admission.isResting(now)) {
                awaitsRecovery = !context.mayDeliver().getAsBoolean(); // connected: otherwise it would block to connect
                int allowed = admission.workers(inFlight.deliveries(), now);
                missing = Math.max(0, Math.min(supply.buffered(), allowed - inFlight.workers()));
                inFlight.workersStarted(missing);
                room = supply.room(allowed, admission.isProving());
                next = awaitsRecovery || room <= 0 ? QueueWatch.Next.NOTHING : supply.next();
            }
            passesOn = next != QueueWatch.Next.CLAIM && supply.takeWakeUp();
        }
        if (missing > 0) {
            workforce.accept(missing);
        }
        supply.look(next, room);
        if (passesOn) {
            others.passOn();
        }
        if (awaitsRecovery) {
            wakeUp.within(RECOVERY_MILLIS);
        }
    }

    private void wokenUp() {
        long rest;
        synchronized (lock) {
            supply.wokenUp();
            rest = admission.restMillis(System.nanoTime());
        }
        if (rest > 0) {
            wakeUp.within(rest);
        }
        proceed();
    }
}
