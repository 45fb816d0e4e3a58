// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.CompletableFuture;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.Retry;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.ResourceManager;

/**
 * Carries out the settlements of deliveries: makes the calls to Redis, and ends the lease.
 *
 * <p>If Redis does not confirm a call, the message stays claimed until its lease ends. It is then delivered again,
 * unless the call was executed after all.
 */
final class Settler {

    private final ResourceManager manager;
    private final Leases leases;
    private final Dispatcher dispatcher;

    Settler(ResourceManager manager, Leases leases, Dispatcher dispatcher) {
        this.manager = manager;
        this.leases = leases;
        this.dispatcher = dispatcher;
    }

    /** Settles a delivery. Does not wait for Redis, except to acknowledge the message. */
    void settle(ClaimedMessage message, Settlement settlement) {
        Lease lease = message.lease();
        switch (settlement.action()) {
            case ACKNOWLEDGE -> acknowledge(lease);
            case ACKNOWLEDGED -> {
                if (settlement.reason() != null) {
                    LogMessage.COMMITTED_DESPITE_EXCEPTION.log(lease.queue(), lease.id(), settlement.reason());
                }
                leases.drop(lease);
            }
            case IN_DOUBT -> leases.drop(lease);
            case REDELIVER, DEAD_LETTER -> redeliver(message, settlement);
            case RELEASE -> dispatcher.release(message);
            case RELEASE_AND_REST -> throw new IllegalArgumentException("The worker ends: " + settlement);
        }
    }

    /** Ends the lease of a message whose delivery failed unexpectedly. The message is delivered again. */
    void abandon(ClaimedMessage message) {
        leases.drop(message.lease());
    }

    private void acknowledge(Lease lease) {
        Branch branch = manager.localBranch();
        branch.consume(() -> lease);
        try {
            branch.commitInOnePhase();
        } catch (RedisQueueException e) {
            notConfirmed("acknowledge", lease, e);
        }
        leases.drop(lease);
    }

    private void redeliver(ClaimedMessage message, Settlement settlement) {
        Lease lease = message.lease();
        CompletableFuture<Retry> call = manager.operations()
                .retry(lease, settlement.delayMillis(), settlement.maxDeliveries(), settlement.reason());
        dispatcher.follow(call);
        call.whenComplete((result, failure) -> {
            leases.drop(lease);
            if (failure != null) {
                notConfirmed(
                        settlement.action() == Settlement.Action.DEAD_LETTER ? "dead-letter" : "redeliver",
                        lease,
                        failure);
            } else if (result == Retry.DEAD) {
                LogMessage.DEAD_LETTER.log(lease.queue(), lease.id(), settlement.reason());
            } else if (result == Retry.WAITING) {
                dispatcher.lookWithin(settlement.delayMillis());
                LogMessage.REDELIVERY.log(
                        lease.queue(),
                        lease.id(),
                        message.failures() + 1,
                        settlement.delayMillis(),
                        settlement.reason());
            }
        });
    }

    private static void notConfirmed(String operation, Lease lease, Throwable failure) {
        LogMessage.NOT_CONFIRMED.log(lease.queue(), operation, lease.id(), Failures.describe(failure));
    }
}
