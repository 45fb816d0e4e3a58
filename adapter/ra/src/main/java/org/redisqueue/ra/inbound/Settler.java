// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.RedeliveryEvents;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.BranchRolledBackException;

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
    private final OutageGuard guard;

    /** @param branches creates a branch for each acknowledgment of a delivery without a transaction */
    Settler(ConsumerContext context, Supplier<Branch> branches, Dispatcher dispatcher) {
        this.calls = context.calls();
        this.branches = branches;
        this.leases = context.leases();
        this.dispatcher = dispatcher;
        this.observer = context.observer();
        this.guard = dispatcher.guard();
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
                guard.succeeded(since);
                leases.drop(message.lease());
                observer.acknowledged(message, System.nanoTime() - since, settlement.reason());
            }
            case IN_DOUBT -> {
                leases.drop(message.lease());
                observer.inDoubt(message, System.nanoTime() - since);
            }
            case REDELIVER -> fail(message, settlement, System.nanoTime() - since);
            case DEAD_LETTER -> {
                guard.inconclusive(message);
                redeliver(message, settlement, System.nanoTime() - since, null);
            }
            case RELEASE -> {
                guard.inconclusive(message);
                dispatcher.release(List.of(message));
            }
            case ABANDON -> abandon(message, since);
            case RELEASE_AND_REST, DELIVER_INDIVIDUALLY ->
                throw new IllegalArgumentException("The worker must end: " + settlement);
        }
    }

    /**
     * Settles the delivery of a batch. Does not wait for Redis, except to acknowledge the messages.
     *
     * @param since the {@link System#nanoTime} at which the delivery began
     */
    void settle(List<ClaimedMessage> messages, Settlement settlement, long since) {
        switch (settlement.action()) {
            case ACKNOWLEDGE -> acknowledge(messages, since);
            case RELEASE -> {
                messages.forEach(guard::inconclusive);
                dispatcher.release(messages); // with one call, which keeps their order
            }
            default -> messages.forEach(message -> settle(message, settlement, since));
        }
    }

    /** Acknowledges the messages of a batch together or, if one of them is no longer held, individually. */
    private void acknowledge(List<ClaimedMessage> messages, long since) {
        Branch branch = branches.get();
        messages.forEach(message -> branch.consume(message::lease));
        RedisQueueException failure = null;
        try {
            branch.commitInOnePhase();
        } catch (BranchRolledBackException e) {
            messages.forEach(message -> acknowledge(message, since));
            return;
        } catch (RedisQueueException e) {
            failure = e;
        }
        long nanos = System.nanoTime() - since;
        for (ClaimedMessage message : messages) {
            leases.drop(message.lease());
            if (failure == null) {
                guard.succeeded(since);
                observer.acknowledged(message, nanos, null);
            } else {
                observer.unconfirmed(message, nanos, "acknowledge", failure);
            }
        }
    }

    /**
     * Ends the leases of messages whose delivery failed unexpectedly. The messages are redelivered. Allocates nothing
     * before the leases have ended, because memory may be exhausted.
     *
     * @param messages all messages of the delivery
     * @param open those whose delivery has not ended yet
     */
    void abandon(List<ClaimedMessage> messages, List<ClaimedMessage> open, long since) {
        for (int i = 0; i < messages.size(); i++) {
            leases.drop(messages.get(i).lease());
        }
        for (int i = 0; i < open.size(); i++) {
            observer.abandoned(open.get(i), System.nanoTime() - since);
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
            guard.succeeded(since);
            observer.acknowledged(message, nanos, null);
        } else {
            observer.unconfirmed(message, nanos, "acknowledge", failure);
        }
    }

    /** Redelivers or dead-letters a message, or takes back the failure if there is an outage. */
    private void fail(ClaimedMessage message, Settlement settlement, long nanos) {
        boolean last = message.failures() + 1 >= settlement.maxDeliveries();
        guard.failed(new Failure(
                message,
                last,
                settlement.delayMillis(),
                settlement.failure(),
                nanos,
                counted -> redeliver(message, settlement, nanos, counted)));
    }

    private void redeliver(ClaimedMessage message, Settlement settlement, long nanos, @Nullable FailedMessage counted) {
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
            guard.counted(counted, result);
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
