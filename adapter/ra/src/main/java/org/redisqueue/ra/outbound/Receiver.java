// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.Replies;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.observer.ClaimEvents;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.RedeliveryEvents;
import org.redisqueue.ra.protocol.ClaimLimits;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimRequest.Wait;
import org.redisqueue.ra.protocol.ClaimResult;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.ClaimingListener;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.protocol.OnExpiry;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.telemetry.ReceiveOperation;
import org.redisqueue.ra.telemetry.Telemetry;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.Consumption;
import org.redisqueue.ra.transaction.RedeliveryPolicy;
import org.redisqueue.ra.transaction.ResourceManager;

/** Receives single messages on request. */
final class Receiver {

    private static final String ROLLED_BACK = "The transaction that received the message was rolled back";
    private static final int MAX_ABANDONED = 20;
    private static final Duration MAX_WAIT = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 1_000;

    private final ResourceManager manager;
    private final Leases leases;
    private final DeliveryObserver observer;
    private final Telemetry telemetry;

    /** @param observer observes the deliveries; must not throw */
    Receiver(ResourceManager manager, DeliveryObserver observer, Telemetry telemetry) {
        this.manager = manager;
        this.leases = manager.leases(ResourceManager.DEFAULT_LEASE_MILLIS, observer::leaseLost);
        this.observer = observer;
        this.telemetry = telemetry;
    }

    /**
     * Receives the next message of a queue.
     *
     * @param timeout maximum time to wait for a message; zero checks once
     * @param branch acknowledges the message when it commits; if empty, the message is acknowledged immediately
     * @return the message, or empty if none arrived in time
     * @throws RedisCallException if a call to Redis failed
     * @throws RedisQueueException if the branch cannot accept the message, or if the thread was interrupted
     */
    Optional<RedisMessage> receive(String queue, Duration timeout, Optional<Branch> branch) {
        ReceiveOperation operation = telemetry.receive(queue);
        try {
            return receive(queue, timeout, branch, operation);
        } catch (RuntimeException | Error e) {
            operation.failed(e);
            throw e;
        }
    }

    private Optional<RedisMessage> receive(
            String queue, Duration timeout, Optional<Branch> branch, ReceiveOperation operation) {
        manager.operations().requireConsumerRights();
        int maxBytes = manager.client().settings().getMaxMessageSize();
        ClaimRequest request =
                new ClaimRequest(queue, 1, leases.leaseMillis(), MAX_ABANDONED, maxBytes, maxBytes, OnExpiry.DROP);
        long end = System.nanoTime() + timeout.toNanos();
        boolean woken = false;
        boolean informed = false; // by a wake-up, perhaps only of a message that is due later
        while (true) {
            if (!manager.mayDeliver()) {
                if (woken) {
                    manager.operations().waits().passOn(queue, true, ClaimingListener.NONE);
                    woken = false;
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return Optional.empty();
                }
                pause(queue, left, false);
                continue;
            }
            boolean last = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime()) <= 0;
            ClaimResult claim = claim(request.withWaiting(last ? Wait.NEVER : Wait.WITHOUT_MESSAGES), woken);
            boolean limited = claim.limits().isReached() && claim.messages().isEmpty();
            woken &= claim.paused() || limited;
            ClaimEvents.report(observer, queue, claim);
            if (!claim.messages().isEmpty()) {
                observer.claimed(claim.messages());
            }
            for (ClaimedMessage message : claim.messages()) {
                Optional<RedisMessage> received = take(message, branch, operation);
                if (received.isPresent()) {
                    return received;
                }
            }
            long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
            if (claim.paused() || limited || claim.found() == 0 && !claim.more()) {
                if (last) {
                    if (informed) {
                        manager.operations().waits().passOn(queue, true, ClaimingListener.NONE);
                    }
                    return Optional.empty();
                }
                woken |= left > 0 && await(queue, claim, left, woken);
                informed |= woken;
            }
        }
    }

    /** Claims messages. If that fails, it passes on the wake-up that this thread has received. */
    private ClaimResult claim(ClaimRequest request, boolean woken) {
        try {
            return Replies.await(manager.operations().claim(request));
        } catch (RuntimeException | Error e) {
            if (woken) {
                manager.operations().waits().passOn(request.queue(), true, ClaimingListener.NONE);
            }
            throw e;
        }
    }

    /**
     * Adds the message to the branch, or acknowledges it. A malformed message is dead-lettered, and the result is
     * empty.
     */
    private Optional<RedisMessage> take(ClaimedMessage claimed, Optional<Branch> branch, ReceiveOperation operation) {
        long since = System.nanoTime();
        RedisMessage message;
        try {
            message = ReceivedMessage.of(claimed);
        } catch (MalformedMessageException e) {
            String reason = String.valueOf(e.getMessage());
            RedeliveryResult result;
            try {
                result = Replies.await(manager.operations().deadLetter(claimed.lease(), reason));
            } catch (RedisCallException unconfirmed) {
                observer.unconfirmed(claimed, System.nanoTime() - since, "dead-letter", unconfirmed);
                throw unconfirmed;
            }
            RedeliveryEvents.report(observer, claimed, result, System.nanoTime() - since, 0, reason);
            return Optional.empty();
        }
        observer.started(claimed, message);
        operation.received(claimed, message);
        Branch consuming = branch.orElseGet(manager::localBranch);
        leases.add(List.of(claimed)); // before the branch can end, which drops the lease
        try {
            consuming.consume(new Received(claimed, since));
        } catch (RedisQueueException e) { // another consumer may be able to accept the message
            leases.drop(claimed.lease());
            release(claimed, since, e);
            throw e;
        }
        if (branch.isEmpty()) {
            consuming.commitInOnePhase();
        }
        return Optional.of(message);
    }

    private void release(ClaimedMessage claimed, long since, RedisQueueException refusal) {
        try {
            Replies.await(manager.operations().release(claimed.lease().queue(), List.of(claimed.lease())));
            observer.released(List.of(claimed));
        } catch (RedisCallException e) {
            observer.abandoned(claimed, System.nanoTime() - since);
            refusal.addSuppressed(e);
        }
    }

    /**
     * Waits until a message is ready or due, or until it is time to check again.
     *
     * @param woken whether this thread was woken before, and has not been able to claim
     * @return whether no other consumer knows of a message, so that this one must claim or pass the wake-up on
     */
    private boolean await(String queue, ClaimResult claim, long leftMillis, boolean woken) {
        if (claim.limits().isReached()) { // the limits do not permit other consumers to claim, either
            ClaimLimits limits = claim.limits();
            pause(queue, Math.min(leftMillis, limits.full() ? PAUSE_MILLIS : limits.restMillis()), woken);
            return false;
        }
        long leftUntilDue = Math.min(leftMillis, claim.dueInMillis().orElse(Long.MAX_VALUE));
        if (claim.paused() || !manager.operations().waits().canAwait(queue)) {
            pause(queue, leftUntilDue, woken);
            return false;
        }
        long millis = Math.min(leftUntilDue, MAX_WAIT.toMillis());
        Duration call = Duration.ofSeconds(Math.max(1, TimeUnit.MILLISECONDS.toSeconds(millis + 999)));
        try {
            return await(queue, manager.operations().waits().awaitReady(queue, call), Math.max(1, millis), woken);
        } catch (RedisCallException e) {
            // A full Redis refuses to wait but still allows claims. If Redis is unavailable, the next claim reports it.
            pause(queue, leftUntilDue, woken);
            return false;
        }
    }

    private void pause(String queue, long leftMillis, boolean woken) {
        await(queue, new CompletableFuture<>(), Math.min(leftMillis, PAUSE_MILLIS), woken);
    }

    private boolean await(String queue, CompletableFuture<Boolean> ready, long millis, boolean woken) {
        try {
            return ready.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return !ready.cancel(false);
        } catch (ExecutionException e) {
            return Replies.await(ready); // throws the failure
        } catch (InterruptedException e) {
            if (!ready.cancel(false) || woken) { // this thread was woken, and does not claim
                manager.operations().waits().passOn(queue, true, ClaimingListener.NONE);
            }
            Thread.currentThread().interrupt();
            throw new RedisQueueException(
                    "RQ-123 The thread was interrupted while receiving from queue '" + queue + "'.");
        }
    }

    /** A received message. Its lease is renewed until its branch has ended. */
    private final class Received implements Consumption {

        private final ClaimedMessage message;
        private final long since;
        private final AtomicBoolean reported = new AtomicBoolean();

        private Received(ClaimedMessage message, long since) {
            this.message = message;
            this.since = since;
        }

        @Override
        public Lease lease() {
            return message.lease();
        }

        @Override
        public void committed() {
            leases.drop(lease());
            if (isFirstReport()) {
                observer.acknowledged(message, System.nanoTime() - since, null);
            }
        }

        @Override
        public void rolledBack() {
            long nanos = System.nanoTime() - since;
            long delayMillis = RedeliveryPolicy.DEFAULT.delayAfter(message.failures());
            manager.operations()
                    .redeliver(lease(), delayMillis, RedeliveryPolicy.DEFAULT.maxDeliveries(), ROLLED_BACK)
                    .whenComplete((result, failure) -> {
                        leases.drop(lease());
                        if (!isFirstReport()) {
                            return;
                        }
                        if (failure == null) {
                            RedeliveryEvents.report(observer, message, result, nanos, delayMillis, ROLLED_BACK);
                        } else {
                            observer.unconfirmed(message, nanos, "redeliver", failure);
                        }
                    })
                    .thenAccept(result -> {
                        if (result == RedeliveryResult.WAITING) { // this receiver may not look for the message again
                            manager.operations().waits().passOn(lease().queue(), true, ClaimingListener.NONE);
                        }
                    });
        }

        /** Returns false if observers know the end of this delivery. A branch of unknown preparation ends repeatedly. */
        private boolean isFirstReport() {
            return reported.compareAndSet(false, true);
        }
    }
}
