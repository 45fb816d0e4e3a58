// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.UnavailableException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import jakarta.resource.spi.work.WorkException;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.Retry;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.RedeliveryPolicy;
import org.redisqueue.ra.transaction.RedisXAResource;
import org.redisqueue.ra.transaction.ResourceManager;

/** Ties one queue to one listener method of an endpoint, and settles what becomes of its messages. */
final class Subscription {

    private final ListenerMethod listener;
    private final MessageEndpointFactory endpoints;
    private final boolean transacted;
    private final BootstrapContext container;
    private final ExecutorService blocking;
    private final ResourceManager manager;
    private final NamedResources names;
    private final RedeliveryPolicy policy;
    private final Leases leases;
    private final Dispatcher dispatcher;

    Subscription(
            ListenerMethod listener,
            MessageEndpointFactory endpoints,
            boolean transacted,
            RedisActivationSpec spec,
            ResourceManager manager,
            NamedResources names,
            BootstrapContext container,
            ExecutorService blocking) {
        this.listener = listener;
        this.endpoints = endpoints;
        this.transacted = transacted;
        this.container = container;
        this.blocking = blocking;
        this.manager = manager;
        this.names = names;
        this.policy = spec.redeliveryPolicy();
        this.leases = manager.leases(spec.getLease());
        this.dispatcher = new Dispatcher(
                listener.queue(),
                spec,
                manager.client().properties().getMaxMessageSize(),
                manager.operations(),
                leases,
                manager.timer(),
                blocking,
                this::call);
    }

    void start() {
        dispatcher.start();
    }

    /** @see Dispatcher#halt */
    void halt() {
        dispatcher.halt();
    }

    /** @see Dispatcher#awaitEnd */
    int awaitEnd(long millis) {
        return dispatcher.awaitEnd(millis);
    }

    ListenerMethod listener() {
        return listener;
    }

    boolean isTransacted() {
        return transacted;
    }

    ClassLoader endpointClassLoader() {
        return endpoints.getEndpointClass().getClassLoader();
    }

    RedisXAResource newXAResource() {
        return new RedisXAResource(manager, leases.leaseMillis());
    }

    /** @param resource null without transactions */
    MessageEndpoint createEndpoint(RedisXAResource resource) throws UnavailableException {
        return endpoints.createEndpoint(resource == null ? null : names.named(resource));
    }

    /**
     * Has the delivery on this thread roll back, whatever the container makes of it. Where it gives access to its
     * transactions it is told before it tries to commit, and reports no failure.
     */
    void rollBack(RedisXAResource resource) {
        resource.rollBackDelivery();
        try {
            TransactionSynchronizationRegistry transactions = container.getTransactionSynchronizationRegistry();
            if (transactions != null) {
                transactions.setRollbackOnly();
            }
        } catch (RuntimeException e) {
            // It has ended already, or cannot be told: our branch does not commit in any case.
        }
    }

    /** Completes a message that was delivered without a transaction. */
    void complete(ClaimedMessage message) {
        Branch branch = manager.localBranch();
        branch.consume(message::lease);
        try {
            branch.commitInOnePhase();
        } catch (RedisQueueException e) {
            notConfirmed("acknowledge", message.lease(), e);
        }
        leases.drop(message.lease());
    }

    /** Somebody else knows what becomes of the message: it was completed, or recovery will end its branch. */
    void forget(ClaimedMessage message) {
        leases.drop(message.lease());
    }

    /** Has the message delivered again later, or gives it up when it has failed too often. */
    void retry(ClaimedMessage message, String reason) {
        retry(message, policy.delayAfter(message.failures()), policy.maxDeliveries(), reason);
    }

    /** Gives a message up that cannot be delivered, however often. */
    void giveUp(ClaimedMessage message, String reason) {
        retry(message, 0, 0, reason);
    }

    private void retry(ClaimedMessage message, long delayMillis, int maxDeliveries, String reason) {
        Lease lease = message.lease();
        CompletableFuture<Retry> retried = manager.operations().retry(lease, delayMillis, maxDeliveries, reason);
        dispatcher.follow(retried);
        retried.whenComplete((retry, failure) -> {
            leases.drop(lease);
            if (failure != null) {
                notConfirmed("retry", lease, failure);
            } else if (retry == Retry.DEAD) {
                LogMessage.DEAD_LETTER.log(lease.queue(), lease.id(), reason);
            } else if (retry == Retry.WAITING) {
                dispatcher.dueIn(delayMillis);
                LogMessage.REDELIVERY.log(lease.queue(), lease.id(), message.failures() + 1, delayMillis, reason);
            }
        });
    }

    /** The message stays claimed until its lease ends; then it is delivered again, if it was not done after all. */
    private static void notConfirmed(String operation, Lease lease, Throwable failure) {
        LogMessage.NOT_CONFIRMED.log(lease.queue(), operation, lease.id(), Failures.describe(failure));
    }

    /** Containers may block when they are asked for a thread: never on a thread of the Redis client. */
    private void call(int workers) {
        try {
            blocking.execute(() -> {
                for (int i = 0; i < workers; i++) {
                    startWorker();
                }
            });
        } catch (RejectedExecutionException e) {
            for (int i = 0; i < workers; i++) {
                dispatcher.workerRefused();
            }
        }
    }

    private void startWorker() {
        try {
            container.getWorkManager().scheduleWork(new Worker(dispatcher, this));
        } catch (WorkException | RuntimeException | LinkageError e) {
            LogMessage.NO_WORK_ACCEPTED.log(listener.queue(), ListenerFailure.describe(e));
            dispatcher.workerRefused();
        }
    }
}
