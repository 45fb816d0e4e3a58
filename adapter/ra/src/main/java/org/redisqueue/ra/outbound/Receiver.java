// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.protocol.Claim;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.Consumption;
import org.redisqueue.ra.transaction.RedeliveryPolicy;
import org.redisqueue.ra.transaction.ResourceManager;

/** Takes one message at a time for an application that asks for it. */
final class Receiver {

    /** As the defaults of an activation. */
    private static final RedeliveryPolicy POLICY = new RedeliveryPolicy(5, 1_000, 2, 300_000);

    private static final int MAX_ABANDONED = 20;
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);
    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

    private final ResourceManager manager;
    private final Leases leases;

    Receiver(ResourceManager manager) {
        this.manager = manager;
        this.leases = manager.leases(ResourceManager.DEFAULT_LEASE_MILLIS);
    }

    /**
     * @param branch completes the message when it commits; without one it is completed at once
     * @throws RedisCallException if Redis failed
     */
    Optional<RedisMessage> receive(String queue, Duration timeout, Optional<Branch> branch) {
        long end = System.nanoTime() + timeout.toNanos();
        while (true) {
            Optional<RedisMessage> message = take(queue, branch);
            Duration left = Duration.ofNanos(end - System.nanoTime());
            if (message.isPresent() || left.isNegative() || left.isZero()) {
                return message;
            }
            await(queue, left);
        }
    }

    private Optional<RedisMessage> take(String queue, Optional<Branch> branch) {
        int maxBytes = manager.client().properties().getMaxMessageSize();
        while (true) {
            Claim claim = join(manager.operations()
                    .claim(new ClaimRequest(queue, 1, leases.leaseMillis(), MAX_ABANDONED, maxBytes)));
            claim.gone().forEach(id -> LogMessage.MESSAGE_GONE.log(queue, id));
            claim.buried().forEach((id, reason) -> LogMessage.DEAD_LETTER.log(queue, id, reason));
            if (claim.messages().isEmpty()) {
                if (claim.gone().isEmpty() && claim.buried().isEmpty()) {
                    return Optional.empty();
                }
                continue;
            }
            ClaimedMessage claimed = claim.messages().get(0);
            try {
                RedisMessage message = ReceivedMessage.of(claimed);
                leases.hold(claim.messages());
                complete(claimed, branch);
                return Optional.of(message);
            } catch (MalformedMessageException e) {
                join(manager.operations().retry(claimed.lease(), 0, 0, e.getMessage()));
                LogMessage.DEAD_LETTER.log(queue, claimed.lease().id(), e.getMessage());
            }
        }
    }

    private void complete(ClaimedMessage claimed, Optional<Branch> branch) {
        if (branch.isPresent()) {
            branch.get().consume(new Received(claimed));
        } else {
            Branch own = manager.localBranch();
            own.consume(new Received(claimed));
            own.commitInOnePhase();
        }
    }

    /** Waits for a message that is ready; at most so long that one that falls due meanwhile is not missed for long. */
    private void await(String queue, Duration left) {
        Duration wait = left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
        Duration seconds = wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : Duration.ofSeconds(wait.toSeconds());
        CompletableFuture<Boolean> ready = manager.operations().awaitReady(queue, seconds);
        try {
            ready.get(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            ready.cancel(true);
        } catch (ExecutionException e) {
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            ready.cancel(true);
            Thread.currentThread().interrupt();
            throw new RedisQueueException("RQ-123 Interrupted while receiving from '" + queue + "'");
        }
    }

    private static <T> T join(CompletableFuture<T> call) {
        try {
            return call.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RedisCallException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** A message that was received: its lease is held until its branch has ended. */
    private final class Received implements Consumption {

        private final ClaimedMessage message;

        private Received(ClaimedMessage message) {
            this.message = message;
        }

        @Override
        public Lease lease() {
            return message.lease();
        }

        @Override
        public void committed() {
            leases.drop(lease());
        }

        @Override
        public void rolledBack() {
            manager.operations()
                    .retry(
                            lease(),
                            POLICY.delayAfter(message.failures()),
                            POLICY.maxDeliveries(),
                            "The transaction that received it was rolled back")
                    .whenComplete((retry, failure) -> leases.drop(lease()));
        }
    }
}
