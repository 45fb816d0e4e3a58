// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
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

    private final ConsumerContext context;
    private final IntConsumer workforce;
    private final Object lock = new Object();
    private final InFlight inFlight = new InFlight(lock, this::callEnded);
    private final Admission admission;
    private final Releases releases;
    private final WakeUpTimer wakeUp;
    private final OtherConsumers others;
    private final Supply supply;
    private final Retreat retreat;
    private final OutageGuard guard;
    private final Returns returns;
    private final Runnable step = this::step; // created once, because memory may be exhausted when it runs
    private final Gate gate = new Gate();
    private final Standby standby;

    /**
     * @param workforce starts this number of workers, each of which asks for messages until there are none left; does
     *     not block
     */
    Dispatcher(ConsumerContext context, ActivationSettings settings, IntConsumer workforce) {
        this(context, settings, workforce, Standby.MAX);
    }

    /** @param standby how long a worker without a message waits for the next one */
    Dispatcher(ConsumerContext context, ActivationSettings settings, IntConsumer workforce, Duration standby) {
        this.context = context;
        this.workforce = workforce;
        this.standby = new Standby(lock, standby);
        this.admission = new Admission(settings.maxConcurrency());
        this.releases = new Releases(context, inFlight);
        this.wakeUp = new WakeUpTimer(context.timer(), () -> guarded(this::wokenUp), this::stopIntake);
        this.others = new OtherConsumers(context, inFlight, wakeUp);
        this.supply = new Supply(context, settings, lock, inFlight, wakeUp, others, new Demand() {
            @Override
            public boolean isOpen() {
                return gate.isOpen();
            }

            @Override
            public boolean accepts() {
                return isOpen() && restMillis(System.nanoTime()) == 0;
            }

            @Override
            public boolean isProbing() {
                return guard().isOpen() || admission.isProving();
            }

            @Override
            public List<ClaimedMessage> admitted(List<ClaimedMessage> claimed) {
                return guard().admitted(claimed);
            }

            @Override
            public void putBack(List<ClaimedMessage> messages) {
                guard().returns().putBack(messages);
            }

            @Override
            public void paused() {
                guard().putBackHeld();
            }

            @Override
            public boolean isConsuming() {
                synchronized (lock) {
                    return !gate.isStopped();
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
        this.guard = new OutageGuard(
                context, settings.failureThreshold(), lock, inFlight, releases, wakeUp, supply, System::nanoTime);
        this.returns = guard.returns();
        this.retreat = new Retreat(context, lock, inFlight, admission, returns, releases, supply, wakeUp);
    }

    /** Returns what protects the messages of the listener during an outage. */
    OutageGuard guard() {
        return guard;
    }

    /** Starts to consume as soon as Redis can be reached. */
    void start() {
        supply.start();
    }

    /**
     * Returns the next message for a worker.
     *
     * @param hadMessage whether the worker has just completed the delivery of a message
     * @return null if there is none; the worker then ends, unless it {@linkplain #standBy stands by}
     */
    @Nullable
    ClaimedMessage next(boolean hadMessage) {
        ClaimedMessage next;
        List<ClaimedMessage> unusable;
        synchronized (lock) {
            next = gate.isStopped() ? null : supply.poll(System.nanoTime());
            unusable = supply.takeUnusable();
            turned(hadMessage ? 1 : 0, next == null ? 0 : 1);
            if (next != null) {
                guard.started(next);
            }
        }
        returns.putBack(unusable);
        proceed();
        return next;
    }

    /**
     * Returns the next batch for a worker.
     *
     * @param delivered size of the batch whose delivery the worker has just completed; 0 if none
     * @return empty if none is ready; the worker then ends, unless it {@linkplain #standBy stands by}
     */
    List<ClaimedMessage> nextBatch(int delivered) {
        List<ClaimedMessage> next;
        List<ClaimedMessage> unusable;
        synchronized (lock) {
            next = gate.isStopped() ? List.of() : supply.pollBatch(System.nanoTime());
            unusable = supply.takeUnusable();
            turned(delivered, next.size());
            for (int i = 0; i < next.size(); i++) {
                guard.started(next.get(i));
            }
        }
        returns.putBack(unusable);
        proceed();
        return next;
    }

    /**
     * Lets a worker wait briefly that has got no message. Blocks.
     *
     * @param started when the worker was started, as {@link System#nanoTime}
     * @return whether it must ask for the next message again; otherwise it ends
     */
    boolean standBy(long started) {
        return standby.await(started);
    }

    /** Records the end of a delivery and the beginning of the next one. Does not throw. */
    private void turned(int delivered, int next) {
        inFlight.deliveryEnded(delivered);
        inFlight.deliveryStarted(next);
        if (delivered > 0) {
            admission.delivered();
        }
    }

    /** Returns whether further messages may be delivered. Those of a batch that was rolled back are released if not. */
    boolean isOpen() {
        synchronized (lock) {
            return gate.isOpen() && !guard.isOpen();
        }
    }

    /** Records that a worker could not be started and will not ask for messages. Does not throw. */
    void workerRefused() {
        retreat.rest(true, 0, List.of());
    }

    /**
     * Records that a worker ends because the container did not hand its messages to the listener. They are released and
     * delivered later. Does not throw: otherwise the worker would be recorded as failed, too.
     *
     * @param delivered number of messages that the worker had, including those whose delivery has ended
     */
    void putBack(List<ClaimedMessage> messages, int delivered) {
        for (int i = 0; i < messages.size(); i++) {
            guard.inconclusive(messages.get(i));
        }
        retreat.rest(true, delivered, messages);
    }

    /**
     * Records that a worker ends because of an unexpected failure. Does not throw.
     *
     * @param messages number of messages that the worker had, whose leases it has dropped
     */
    void workerFailed(int messages, Throwable failure) {
        retreat.rest(true, messages, List.of());
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

    /** If the queue was full, the call may have made room. */
    private void callEnded() {
        boolean mayClaim;
        synchronized (lock) {
            mayClaim = supply.wasFull();
        }
        if (mayClaim) {
            proceed();
        }
    }

    /** @see Returns#putBack */
    void release(List<ClaimedMessage> messages) {
        returns.putBack(messages);
    }

    /** Claims no messages until {@link #resume}, and releases those that no listener has seen. Does not block. */
    void pause() {
        List<ClaimedMessage> unseen;
        boolean changed;
        boolean woken;
        synchronized (lock) {
            changed = gate.pause();
            unseen = supply.clear();
            woken = supply.takeWakeUp();
        }
        guard.putBackHeld();
        returns.putBack(unseen);
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
            changed = gate.resume();
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
            gate.stop();
            standby.close();
            unseen = supply.clear();
            woken = supply.takeWakeUp();
        }
        guard.putBackHeld();
        returns.putBack(unseen);
        if (connected && expecting) {
            others.handOver();
        } else if (connected && woken) {
            others.passOn();
        }
    }

    private void stopIntake() {
        synchronized (lock) {
            gate.stop();
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

    /** @see Retreat#guarded */
    private void guarded(Runnable step) {
        retreat.guarded(step);
    }

    /** Takes the next possible steps: starts workers, claims messages, or waits for them. Does not throw. */
    private void proceed() {
        guarded(step);
    }

    private void step() {
        int missing = 0;
        int room = 0;
        boolean awaitsRecovery = false;
        QueueWatch.Next next = QueueWatch.Next.NOTHING;
        long again;
        boolean passesOn;
        synchronized (lock) {
            long now = System.nanoTime();
            again = restMillis(now);
            if (again == 0 && gate.isOpen() && supply.isConnected()) {
                awaitsRecovery = !context.mayDeliver().getAsBoolean(); // connected: otherwise it would block to connect
                int allowed = guard.workers(admission.workers(inFlight.deliveries(), now));
                room = guard.isOpen() ? guard.room(allowed) : supply.room(allowed, admission.isProving());
                next = awaitsRecovery || room <= 0 ? QueueWatch.Next.NOTHING : supply.next();
                missing = Math.max(0, Math.min(supply.calls(now), allowed - inFlight.workers()));
                inFlight.workersStarted(missing);
                if (missing > 0 && standby.call()) {
                    missing--;
                }
                again = supply.againMillis(now);
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
        if (again > 0) {
            wakeUp.within(again);
        }
    }

    /** Returns for how long no messages are claimed or delivered, in milliseconds. The lock is held. */
    private long restMillis(long now) {
        return Math.max(admission.restMillis(now), guard.waitMillis(now));
    }

    private void wokenUp() {
        synchronized (lock) {
            supply.wokenUp();
        }
        guard.wokenUp();
        proceed();
    }
}
