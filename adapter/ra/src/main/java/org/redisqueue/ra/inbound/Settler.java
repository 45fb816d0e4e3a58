// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.RedeliveryEvents;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.transaction.Branch;

/**
 * Carries out the settlements of deliveries: makes the calls to Redis, and ends the lease.
 *
 * <p>If Redis does not confirm a call, the message stays claimed until its lease ends. It is then redelivered, unless
 * the call was executed after all.
 */
final class Settler {

    private final QueueCalls calls;
    private final Supplier<Branch> branches;
    private final Leases leases;
    private final Dispatcher dispatcher;
    private final DeliveryObserver observer;

    /** @param branches creates a branch for each acknowledgment of a delivery without a transaction */
    Settler(ConsumerContext context, Supplier<Branch> branches, Dispatcher dispatcher) {
        this.calls = context.calls();
        this.branches = branches;
        this.leases = context.leases();
        this.dispatcher = dispatcher;
        this.observer = context.observer();
    }

    /**
     * Settles a delivery. Does not wait for Redis, except to acknowledge the message.
     *
     * @param since the {@link System#nanoTime} at which the delivery began
     */
    void settle(ClaimedMessage message, Settlement settlement, long since) {
        switch (settlement.action()) {
            case ACKNOWLEDGE -> acknowledge(message, since);
            case ACKNOWLEDGED -> {
                leases.drop(message.lease());
                observer.acknowledged(message, System.nanoTime() - since, settlement.reason());
            }
            case IN_DOUBT -> {
                leases.drop(message.lease());
                observer.inDoubt(message, System.nanoTime() - since);
            }
            case REDELIVER, DEAD_LETTER -> redeliver(message, settlement, System.nanoTime() - since);
            case RELEASE -> dispatcher.release(message);
            case RELEASE_AND_REST -> throw new IllegalArgumentException("The worker must end: " + settlement);
        }
    }

    /** Ends the lease of a message whose delivery failed unexpectedly. The message is redelivered. */
    void abandon(ClaimedMessage message, long since) {
        leases.drop(message.lease());
        observer.abandoned(message, System.nanoTime() - since);
    }

    private void acknowledge(ClaimedMessage message, long since) {
        Lease lease = message.lease();
        Branch branch = branches.get();
        branch.consume(() -> lease);
        RedisQueueException failure = null;
        try {
            branch.commitInOnePhase();
        } catch (RedisQueueException e) {
            failure = e;
        }
        leases.drop(lease);
        long nanos = System.nanoTime() - since;
        if (failure == null) {
            observer.acknowledged(message, nanos, null);
        } else {
            observer.unconfirmed(message, nanos, "acknowledge", failure);
        }
    }

    private void redeliver(ClaimedMessage message, Settlement settlement, long nanos) {
        Lease lease = message.lease();
        String reason = settlement.failure();
        CompletableFuture<RedeliveryResult> call = isDeadLetter(settlement)
                ? calls.deadLetter(lease, reason)
                : calls.redeliver(lease, settlement.delayMillis(), settlement.maxDeliveries(), reason);
        dispatcher.follow(call);
        call.whenComplete((result, failure) -> {
            leases.drop(lease);
            if (failure != null) {
                observer.unconfirmed(message, nanos, isDeadLetter(settlement) ? "dead-letter" : "redeliver", failure);
                return;
            }
            if (result == RedeliveryResult.WAITING) {
                dispatcher.checkWithin(settlement.delayMillis());
            }
            RedeliveryEvents.report(observer, message, result, nanos, settlement.delayMillis(), reason);
        });
    }

    private static boolean isDeadLetter(Settlement settlement) {
        return settlement.action() == Settlement.Action.DEAD_LETTER;
    }
}
