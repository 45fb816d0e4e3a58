// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.ArrayList;
import java.util.List;
import org.redisqueue.ra.protocol.ClaimedMessage;

/**
 * Lets a dispatcher start over after the container has refused a worker or a step has failed: returns the claimed
 * messages to the queue, so that other servers can deliver them, and rests.
 *
 * <p>Shares the lock of the dispatcher, which must not be held.
 */
final class Retreat {

    private final ConsumerContext context;
    private final Object lock;
    private final InFlight inFlight;
    private final Admission admission;
    private final Returns returns;
    private final Releases releases;
    private final Supply supply;
    private final WakeUpTimer wakeUp;

    Retreat(
            ConsumerContext context,
            Object lock,
            InFlight inFlight,
            Admission admission,
            Returns returns,
            Releases releases,
            Supply supply,
            WakeUpTimer wakeUp) {
        this.context = context;
        this.lock = lock;
        this.inFlight = inFlight;
        this.admission = admission;
        this.returns = returns;
        this.releases = releases;
        this.supply = supply;
        this.wakeUp = wakeUp;
    }

    /**
     * Releases every claimed message that no listener has seen, and rests: neither claims nor delivers for a while. Does
     * not throw. What has ended is recorded after the release is under way, so that {@link InFlight#awaitIdle} also
     * waits for the reply to the release.
     *
     * @param workerEnded whether a worker has ended
     * @param delivered number of messages whose delivery has ended with the worker
     * @param refused further messages that no listener has seen, claimed before all others
     */
    void rest(boolean workerEnded, int delivered, List<ClaimedMessage> refused) {
        try {
            restNow(workerEnded, delivered, refused);
        } catch (Throwable e) {
            recover(e);
        }
    }

    private void restNow(boolean workerEnded, int delivered, List<ClaimedMessage> refused) {
        List<ClaimedMessage> claimed = List.of();
        try {
            synchronized (lock) {
                claimed = supply.clear();
            }
            List<ClaimedMessage> unseen = new ArrayList<>(refused);
            unseen.addAll(claimed);
            returns.putBack(unseen);
        } catch (RuntimeException | Error e) { // memory is exhausted
            releases.abandon(refused, e);
            releases.abandon(claimed, e);
            throw e;
        } finally {
            long millis;
            synchronized (lock) {
                inFlight.deliveryEnded(delivered);
                if (workerEnded) {
                    inFlight.workerEnded();
                }
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
    void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable e) {
            recover(e);
        }
    }

    /** Handles an unexpected failure, such as exhausted memory: starts over after a rest. */
    private void recover(Throwable failure) {
        try {
            restNow(false, 0, List.of());
        } catch (Throwable e) {
            context.failures().report(e); // not suppressed: the JVM may have thrown the same object twice
        }
        context.failures().report(failure);
    }
}
