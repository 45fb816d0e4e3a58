// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimResult;
import org.redisqueue.ra.protocol.ClaimingListener;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.PassOnResult;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.protocol.TakeBackRequest;

/**
 * Implements the calls that consume a queue with the operations of the protocol.
 *
 * @param listener the listener for which messages are claimed
 * @param declared the settings of the queue that the listener declares
 * @param binding binds the queue to the topic of the listener; empty if it has none
 */
record RedisQueueCalls(
        String queue,
        ClaimingListener listener,
        QueueOperations operations,
        DeclaredSettings declared,
        Optional<TopicBinding> binding)
        implements QueueCalls {

    /** Creates the calls of a listener that declares no settings and has no topic. */
    RedisQueueCalls(String queue, ClaimingListener listener, QueueOperations operations) {
        this(
                queue,
                listener,
                operations,
                new DeclaredSettings(queue, listener.name(), Map.of(), operations.settings()),
                Optional.empty());
    }

    @Override
    public CompletableFuture<?> connect() {
        operations.connect();
        operations.requireConsumerRights();
        CompletableFuture<Void> settings = declared.declare();
        CompletableFuture<Void> registered = operations.register(queue);
        CompletableFuture<?> bound = binding.isEmpty()
                ? registered
                : registered.handle((done, failure) -> failure).thenCompose(failure -> bind(binding.get(), failure));
        return bound.thenCombine(settings, (done, alsoDone) -> done); // without its settings, the queue is bound, too
    }

    /** Binds the queue even if Redis has refused to register it: binding registers it, too, and is repeated if refused. */
    private static CompletableFuture<Boolean> bind(TopicBinding binding, @Nullable Throwable failure) {
        return failure == null || Connector.isRefusal(failure)
                ? binding.bind()
                : CompletableFuture.failedFuture(Failures.unwrap(failure));
    }

    @Override
    public CompletableFuture<ClaimResult> claim(ClaimRequest request) {
        return operations.claim(request, listener);
    }

    @Override
    public boolean canAwait() {
        return operations.waits().canAwait(queue);
    }

    @Override
    public CompletableFuture<Boolean> awaitReady(Duration timeout) {
        return operations.waits().awaitReady(queue, timeout);
    }

    @Override
    public boolean canLook() {
        return operations.waits().canLook();
    }

    @Override
    public CompletableFuture<Boolean> awaitFound() {
        return operations.waits().awaitFound(queue);
    }

    @Override
    public CompletableFuture<PassOnResult> passOn(boolean dueLater) {
        return operations.waits().passOn(queue, dueLater, listener);
    }

    @Override
    public CompletableFuture<Long> release(List<Lease> leases) {
        return operations.release(queue, leases);
    }

    @Override
    public CompletableFuture<RedeliveryResult> redeliver(
            Lease lease, long delayMillis, int maxDeliveries, String reason) {
        return operations.redeliver(lease, delayMillis, maxDeliveries, reason);
    }

    @Override
    public CompletableFuture<RedeliveryResult> deadLetter(Lease lease, String reason) {
        return operations.deadLetter(lease, reason);
    }

    @Override
    public CompletableFuture<List<TakeBackRequest>> takeBack(List<TakeBackRequest> messages) {
        return operations.takeBack(messages);
    }
}
