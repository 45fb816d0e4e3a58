// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.ra.protocol.ClaimLimits;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimResult;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.PassOnResult;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.protocol.TakeBackRequest;

/** A queue without Redis: the test answers each call. */
final class FakeQueue implements QueueCalls {

    final List<ClaimRequest> claims = new ArrayList<>();
    final List<String> released = new ArrayList<>();
    final List<String> settled = new ArrayList<>();
    final List<String> takenBack = new ArrayList<>();
    CompletableFuture<List<TakeBackRequest>> takeBack = CompletableFuture.completedFuture(List.of());
    int connects;
    int waits;
    int passedOn;
    boolean work = true;
    OptionalLong nextDue = OptionalLong.empty();
    int handedOver;
    boolean canAwait = true;
    boolean canLook;
    ClaimLimits limits = ClaimLimits.NONE;
    Error releaseFailure;
    CompletableFuture<?> connected = CompletableFuture.completedFuture(null);
    CompletableFuture<RedeliveryResult> settlement = new CompletableFuture<>();
    private CompletableFuture<ClaimResult> claim;
    private CompletableFuture<Boolean> wait;

    /** Answers the pending claim with these messages. If there are fewer than requested, the queue is empty. */
    void answer(ClaimedMessage... messages) {
        answer(false, OptionalLong.empty(), messages);
    }

    void answer(boolean paused, OptionalLong dueInMillis, ClaimedMessage... messages) {
        pendingClaim()
                .complete(new ClaimResult(
                        paused, dueInMillis, Arrays.asList(messages), List.of(), Map.of(), 0, false, false, limits));
    }

    void failClaim(Throwable failure) {
        pendingClaim().completeExceptionally(failure);
    }

    private CompletableFuture<ClaimResult> pendingClaim() {
        CompletableFuture<ClaimResult> pending = claim;
        claim = null;
        return pending;
    }

    boolean isClaiming() {
        return claim != null;
    }

    void endWait() {
        wait.complete(true);
    }

    void timeOutWait() {
        wait.complete(false);
    }

    void failWait(Throwable failure) {
        wait.completeExceptionally(failure);
    }

    @Override
    public CompletableFuture<?> connect() {
        connects++;
        return connected;
    }

    @Override
    public CompletableFuture<ClaimResult> claim(ClaimRequest request) {
        claims.add(request);
        claim = new CompletableFuture<>();
        return claim;
    }

    boolean waitIsCancelled() {
        return wait.isCancelled();
    }

    @Override
    public boolean canLook() {
        return canLook;
    }

    @Override
    public CompletableFuture<Boolean> awaitFound() {
        return awaitReady(Duration.ZERO);
    }

    @Override
    public boolean canAwait() {
        return canAwait;
    }

    @Override
    public CompletableFuture<Boolean> awaitReady(Duration timeout) {
        waits++;
        wait = new CompletableFuture<>();
        return wait;
    }

    @Override
    public CompletableFuture<PassOnResult> passOn(boolean dueLater) {
        passedOn++;
        handedOver += dueLater ? 1 : 0;
        return CompletableFuture.completedFuture(new PassOnResult(work, nextDue));
    }

    @Override
    public CompletableFuture<Long> release(List<Lease> leases) {
        if (releaseFailure != null) {
            throw releaseFailure;
        }
        leases.forEach(lease -> released.add(lease.id()));
        return CompletableFuture.completedFuture((long) leases.size());
    }

    @Override
    public CompletableFuture<RedeliveryResult> redeliver(
            Lease lease, long delayMillis, int maxDeliveries, String reason) {
        settled.add("redeliver " + lease.id() + " in " + delayMillis + " ms: " + reason);
        return settlement;
    }

    @Override
    public CompletableFuture<List<TakeBackRequest>> takeBack(List<TakeBackRequest> messages) {
        messages.forEach(
                each -> takenBack.add(each.id() + " " + each.token() + " " + each.counted() + " " + each.remaining()));
        return takeBack;
    }

    @Override
    public CompletableFuture<RedeliveryResult> deadLetter(Lease lease, String reason) {
        settled.add("dead-letter " + lease.id() + ": " + reason);
        return settlement;
    }
}
