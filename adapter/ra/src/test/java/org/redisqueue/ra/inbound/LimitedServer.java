// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimResult;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.ClaimingListener;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.PassOnResult;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.protocol.TakeBackRequest;
import org.redisqueue.ra.testing.RecordingObserver;

/** A server with a listener, which records its claims. */
final class LimitedServer implements QueueCalls {

    private final QueueOperations operations;
    private final Leases leases;
    private final RedisQueueCalls calls;
    private final ExecutorService threads;
    private final Runnable listener;
    private final Consumer<String> delivered;
    private final List<Claim> claims = new CopyOnWriteArrayList<>();
    final Dispatcher dispatcher;

    /**
     * The reply to a claim: Redis has executed it between these times.
     *
     * @param kept the claimed messages other than those that the server has returned, which do not count for the rate
     */
    record Claim(long sentNanos, long repliedNanos, Set<Lease> kept) {

        int messages() {
            return kept.size();
        }
    }

    /**
     * @param listener processes a message
     * @param delivered is told the id of each acknowledged message
     */
    LimitedServer(
            String queue,
            RedisClient client,
            ScheduledExecutorService timer,
            ExecutorService threads,
            Runnable listener,
            Consumer<String> delivered) {
        this.operations = new QueueOperations(client, timer);
        this.leases = new Leases(operations, timer, 15_000, lost -> {});
        this.calls = new RedisQueueCalls(queue, ClaimingListener.NONE, operations);
        this.threads = threads;
        this.listener = listener;
        this.delivered = delivered;
        dispatcher = new Dispatcher(
                new ConsumerContext(
                        queue,
                        client.settings(),
                        this,
                        () -> true,
                        leases,
                        timer,
                        threads,
                        new RecordingObserver().observer(),
                        new UnexpectedFailures(queue)),
                new RedisActivationSpec().settings().forListener(false),
                this::startWorkers);
    }

    /** The claims until now. */
    List<Claim> claims() {
        return List.copyOf(claims);
    }

    private void startWorkers(int workers) {
        for (int i = 0; i < workers; i++) {
            threads.execute(() -> {
                for (ClaimedMessage next = dispatcher.next(false); next != null; next = dispatcher.next(true)) {
                    deliver(next.lease());
                }
            });
        }
    }

    private void deliver(Lease lease) {
        listener.run();
        operations.acknowledge(List.of(lease), List.of()).join();
        leases.drop(lease);
        delivered.accept(lease.id());
    }

    @Override
    public CompletableFuture<?> connect() {
        return calls.connect();
    }

    @Override
    public CompletableFuture<ClaimResult> claim(ClaimRequest request) {
        long sent = System.nanoTime();
        return calls.claim(request).whenComplete((claim, failure) -> {
            if (failure == null) {
                Set<Lease> kept = ConcurrentHashMap.newKeySet();
                claim.messages().forEach(message -> kept.add(message.lease()));
                claims.add(new Claim(sent, System.nanoTime(), kept));
            }
        });
    }

    @Override
    public boolean canLook() {
        return calls.canLook();
    }

    @Override
    public CompletableFuture<Boolean> awaitFound() {
        return calls.awaitFound();
    }

    @Override
    public boolean canAwait() {
        return calls.canAwait();
    }

    @Override
    public CompletableFuture<Boolean> awaitReady(Duration timeout) {
        return calls.awaitReady(timeout);
    }

    @Override
    public CompletableFuture<PassOnResult> passOn(boolean dueLater) {
        return calls.passOn(dueLater);
    }

    @Override
    public CompletableFuture<Long> release(List<Lease> released) {
        claims.forEach(claim -> released.forEach(claim.kept()::remove));
        return calls.release(released);
    }

    @Override
    public CompletableFuture<List<TakeBackRequest>> takeBack(List<TakeBackRequest> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<RedeliveryResult> redeliver(
            Lease lease, long delayMillis, int maxDeliveries, String reason) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<RedeliveryResult> deadLetter(Lease lease, String reason) {
        throw new UnsupportedOperationException();
    }
}
