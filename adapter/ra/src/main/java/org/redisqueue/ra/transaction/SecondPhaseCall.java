// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.Replies;
import org.redisqueue.ra.protocol.BranchEndResult;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.protocol.Unsettled;

/**
 * The call that commits or rolls back a prepared branch.
 *
 * <p>A call that Redis has not answered is retried in the background, and a further request of the transaction manager
 * waits for the same call. If the outcome of a call remains unknown, the call is settled before a new one is made. Not
 * thread-safe: {@link Branch} serializes the requests.
 */
final class SecondPhaseCall {

    /** Maximum time that one request waits for Redis. The transaction manager can ask again. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final String branch;
    private @Nullable CompletableFuture<BranchEndResult> inProgress;
    private @Nullable Unsettled<BranchEndResult> unsettled;
    private boolean uncertain;

    /** @param branch the id of the branch, for messages */
    SecondPhaseCall(String branch) {
        this.branch = branch;
    }

    /**
     * Waits for the outcome of the call.
     *
     * @param call starts a new call, unless an earlier one is in progress or turns out to have been executed
     * @throws RedisCallException if Redis failed or has not answered in time
     */
    BranchEndResult end(Supplier<CompletableFuture<BranchEndResult>> call) {
        if (inProgress != null && inProgress.isCompletedExceptionally()) {
            RedisCallException failure = failure(inProgress);
            unsettled = failure.<BranchEndResult>unsettled().orElse(null);
            uncertain |= unsettled == null && failure.outcomeUnknown();
            inProgress = null;
        }
        if (unsettled != null) {
            Optional<BranchEndResult> earlier = settle(unsettled);
            unsettled = null;
            if (earlier.isPresent()) {
                return earlier.get();
            }
        }
        if (inProgress == null) {
            inProgress = call.get();
        }
        BranchEndResult outcome = Replies.await(inProgress, PATIENCE)
                .orElseThrow(() -> RedisCallException.unanswered("end of branch " + branch));
        inProgress = null;
        return outcome;
    }

    /** Returns whether an earlier call may have ended the branch, so that a later one does not find it. */
    boolean isUncertain() {
        return uncertain;
    }

    private static RedisCallException failure(CompletableFuture<?> failed) {
        try {
            Replies.await(failed);
            throw new IllegalStateException("The call has not failed.");
        } catch (RedisCallException e) {
            return e;
        }
    }

    /** Returns the result of a call; empty if the call was not executed, or if Redis no longer holds its receipt. */
    private <T> Optional<T> settle(Unsettled<T> call) {
        try {
            return Replies.await(call.settle());
        } catch (RedisCallException e) {
            if (e.receiptExpired()) {
                uncertain = true;
                return Optional.empty();
            }
            throw e;
        }
    }
}
