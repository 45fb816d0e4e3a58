// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.CompletableFuture;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimResult;
import org.redisqueue.ra.protocol.OnExpiry;

/**
 * Claims messages from a queue, in batches small enough to arrive in time.
 *
 * <p>Not thread-safe: there is at most one claim at a time, and each claim sees the changes that earlier ones made.
 */
final class Claimer {

    /** Handles the results of claims. Its methods do not throw. */
    interface Results {

        /**
         * Handles the reply from Redis.
         *
         * @param limit the number of messages that were requested
         */
        void claimed(ClaimResult claim, int limit);

        void claimFailed(Throwable failure);
    }

    private final ConsumerContext context;
    private final int maxAbandoned;
    private final OnExpiry onExpiry;
    private final ClaimBudget budget;
    private final Results results;

    Claimer(ConsumerContext context, ActivationSettings settings, Results results) {
        this.context = context;
        this.maxAbandoned = settings.maxAbandoned();
        this.onExpiry = settings.onExpiry();
        this.budget = new ClaimBudget(Math.min(
                context.connection().getResponseTimeout(), context.leases().leaseMillis()));
        this.results = results;
    }

    /** Begins to claim up to this number of messages. Does not block. */
    void claim(int limit) {
        long since = System.nanoTime();
        CompletableFuture<ClaimResult> call;
        try {
            call = context.calls().claim(request(limit));
        } catch (RuntimeException | Error e) {
            call = CompletableFuture.failedFuture(e);
        }
        call.whenComplete((claim, failure) -> {
            if (failure == null) {
                budget.replied(claim.cutShort(), System.nanoTime() - since);
                results.claimed(claim, limit);
                return;
            }
            if (!Connector.isRefusal(failure)) {
                budget.timedOut(); // a smaller reply may arrive in time
            }
            results.claimFailed(failure);
        });
    }

    private ClaimRequest request(int limit) {
        return new ClaimRequest(
                context.queue(),
                limit,
                context.leases().leaseMillis(),
                maxAbandoned,
                context.connection().getMaxMessageSize(),
                budget.bytes(),
                onExpiry);
    }
}
