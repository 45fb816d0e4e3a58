// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.Retry;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.Delivery;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/** Connects one queue to one listener, and determines what happens to each message after its delivery. */
final class Subscription {

    private final String queue;
    private final String listener;
    private final boolean transacted;
    private final Supplier<Caller> callers;
    private final Inbound inbound;
    private final RedeliveryPolicy policy;
    private final Leases leases;
    private final UnexpectedFailures failures;
    private final Dispatcher dispatcher;
    private final RecurringProblem refusals = new RecurringProblem();
    private volatile boolean outlasted;

    /**
     * @param listener the name of the listener, for messages
     * @param callers creates a caller for each worker
     * @param leases the leases of the claimed messages
     */
    Subscription(
            String queue,
            String listener,
            boolean transacted,
            Supplier<Caller> callers,
            RedisActivationSpec spec,
            Leases leases,
            Inbound inbound) {
        this.listener = listener;
        this.transacted = transacted;
        this.callers = callers;
        this.inbound = inbound;
        this.policy = spec.redeliveryPolicy();
        this.leases = leases;
        this.failures = new UnexpectedFailures(queue);
        ConsumerContext context = new ConsumerContext(
                queue,
                inbound.manager().client().properties(),
                inbound.manager().operations(),
                inbound.manager()::mayDeliver,
                leases,
                inbound.manager().timer(),
                inbound.blocking(),
                failures);
        this.dispatcher = new Dispatcher(context, spec, this::startWorkers);
        this.queue = queue;
    }

    String queue() {
        return queue;
    }

    String listener() {
        return listener;
    }

    void start() {
        dispatcher.start();
    }

    /** @see Dispatcher#pause */
    void pause() {
        dispatcher.pause();
    }

    /** @see Dispatcher#resume */
    void resume() {
        dispatcher.resume();
    }

    /** @see Dispatcher#stop */
    void stop() {
        dispatcher.stop();
    }

    /** @see Dispatcher#drain */
    int drain(long millis) {
        int running = dispatcher.drain(millis);
        outlasted = true;
        return running;
    }

    /** Returns whether draining has ended. Listeners that are still running then have outlasted it. */
    boolean isOutlasted() {
        return outlasted;
    }

    boolean isTransacted() {
        return transacted;
    }

    Caller newCaller() {
        return callers.get();
    }

    Delivery delivery(ClaimedMessage message) {
        return new Delivery(inbound.manager(), message.lease());
    }

    /** Acknowledges a message that was delivered without a transaction. */
    void complete(ClaimedMessage message) {
        Branch branch = inbound.manager().localBranch();
        branch.consume(message::lease);
        try {
            branch.commitInOnePhase();
        } catch (RedisQueueException e) {
            notConfirmed("acknowledge", message.lease(), e);
        }
        leases.drop(message.lease());
    }

    /**
     * Drops the lease of a message that needs no further action: it was acknowledged, or recovery will end its branch.
     */
    void forget(ClaimedMessage message) {
        leases.drop(message.lease());
    }

    /** Releases the message, which is then delivered as if this delivery had not taken place. */
    void giveBack(ClaimedMessage message) {
        dispatcher.release(message);
    }

    /** Schedules the redelivery of the message, or dead-letters it if it has failed too often. */
    void retry(ClaimedMessage message, String reason) {
        retry(message, policy.delayAfter(message.failures()), policy.maxDeliveries(), reason);
    }

    /** Dead-letters a message that can never be delivered. */
    void giveUp(ClaimedMessage message, String reason) {
        retry(message, 0, 0, reason);
    }

    private void retry(ClaimedMessage message, long delayMillis, int maxDeliveries, String reason) {
        Lease lease = message.lease();
        CompletableFuture<Retry> retried =
                inbound.manager().operations().retry(lease, delayMillis, maxDeliveries, reason);
        dispatcher.follow(retried);
        retried.whenComplete((retry, failure) -> {
            leases.drop(lease);
            if (failure != null) {
                notConfirmed("retry", lease, failure);
            } else if (retry == Retry.DEAD) {
                LogMessage.DEAD_LETTER.log(lease.queue(), lease.id(), reason);
            } else if (retry == Retry.WAITING) {
                dispatcher.lookWithin(delayMillis);
                LogMessage.REDELIVERY.log(lease.queue(), lease.id(), message.failures() + 1, delayMillis, reason);
            }
        });
    }

    /**
     * Logs that a call was not confirmed. The message stays claimed until its lease ends, and is then delivered again
     * unless the call was executed after all.
     */
    private static void notConfirmed(String operation, Lease lease, Throwable failure) {
        LogMessage.NOT_CONFIRMED.log(lease.queue(), operation, lease.id(), Failures.describe(failure));
    }

    /**
     * Starts workers on a thread that may block: containers may block a request for a thread, and a thread of the Redis
     * client must never block.
     */
    private void startWorkers(int workers) {
        try {
            inbound.blocking().execute(() -> {
                for (int i = 0; i < workers; i++) {
                    startWorker();
                }
            });
        } catch (RejectedExecutionException e) { // the adapter has stopped
            for (int i = 0; i < workers; i++) {
                dispatcher.workerRefused();
            }
        } catch (RuntimeException | Error e) { // no thread can be created
            for (int i = 0; i < workers; i++) {
                refused(e);
            }
        }
    }

    /** Starts a worker, or counts it as refused. Does not throw, because there may be further workers to start. */
    private void startWorker() {
        try {
            inbound.container().getWorkManager().scheduleWork(new Worker(dispatcher, this));
            refusals.over();
        } catch (Throwable e) { // also an OutOfMemoryError: no thread can be created
            refused(e);
        }
    }

    private void refused(Throwable failure) {
        dispatcher.workerRefused();
        failures.logged(() -> {
            String reason = ListenerFailure.describe(failure);
            if (refusals.isNews(reason)) {
                LogMessage.NO_WORK_ACCEPTED.log(queue(), reason);
            }
        });
    }
}
