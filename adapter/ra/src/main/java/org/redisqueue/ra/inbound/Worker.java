// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.endpoint.MessageEndpoint;
import jakarta.resource.spi.work.Work;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.Consumption;
import org.redisqueue.ra.transaction.RedisXAResource;

/**
 * Delivers messages to an endpoint on a thread of the container, one after the other, each in a container transaction
 * of its own, until there is none (Jakarta Connectors 2.1, 13.5.6 "Message Delivery Semantics: option B").
 *
 * <p>What became of a message is told by the calls to the XAResource alone: containers differ in what they throw.
 */
final class Worker implements Work {

    private Dispatcher dispatcher;
    private Subscription subscription;
    private RedisXAResource resource;
    private MessageEndpoint endpoint;

    Worker(Dispatcher dispatcher, Subscription subscription) {
        this.dispatcher = dispatcher;
        this.subscription = subscription;
        this.resource = subscription.isTransacted() ? subscription.newXAResource() : null;
    }

    @Override
    public void run() {
        ClaimedMessage message = dispatcher.next(false);
        try {
            while (message != null) {
                try {
                    if (!deliver(message)) {
                        dispatcher.putBack(message);
                        return;
                    }
                } catch (RuntimeException | Error e) { // a fault of ours, or the JVM at its end
                    LogMessage.ENDPOINT_FAILED.log(
                            e, dispatcher.queue(), message.lease().id(), e);
                    if (resource != null) {
                        resource.delivered();
                    }
                    subscription.forget(message); // its lease ends, and it is delivered again
                }
                message = dispatcher.next(true);
            }
        } finally {
            releaseEndpoint();
            letGo();
        }
    }

    /** A thread of WildFly keeps the first work that it did for as long as it lives: not the application with it. */
    private void letGo() {
        dispatcher = null;
        subscription = null;
        resource = null;
    }

    /** Nothing to do: a worker ends by itself when its dispatcher stops. */
    @Override
    public void release() {}

    /** @return false if the container could not hand it to the listener; nothing became of it */
    private boolean deliver(ClaimedMessage claimed) {
        ReceivedMessage message;
        Object[] arguments;
        Thread thread = Thread.currentThread();
        ClassLoader loader = thread.getContextClassLoader();
        try {
            thread.setContextClassLoader(subscription.endpointClassLoader());
            message = ReceivedMessage.of(claimed);
            arguments = subscription.listener().arguments(message);
        } catch (MalformedMessageException | RedisQueueException e) {
            subscription.giveUp(claimed, e.getMessage());
            return true;
        } catch (RuntimeException | LinkageError e) { // of the application's classes that the body is read into
            subscription.giveUp(claimed, "The body cannot be read: " + ListenerFailure.describe(e));
            return true;
        } finally {
            thread.setContextClassLoader(loader);
        }
        Outcome outcome = call(claimed.lease(), arguments);
        if (outcome.called()) {
            settle(claimed, outcome);
            return true;
        }
        if (outcome.thrown() != null) {
            LogMessage.LISTENER_REFUSED.log(dispatcher.queue(), claimed.lease().id(), outcome.reason());
        }
        if (resource != null) {
            resource.delivered();
        }
        return false;
    }

    /**
     * How a call of the endpoint ended.
     *
     * @param called whether it came to the call of the listener at all
     * @param thrown by the listener, or instead of calling it; null if it returned
     * @param failure of the container; null if there was none
     */
    private record Outcome(boolean called, Throwable thrown, Throwable failure) {

        private String reason() {
            if (thrown != null) {
                return ListenerFailure.describe(thrown);
            }
            if (failure != null) {
                return ListenerFailure.describe(failure);
            }
            return "The transaction was rolled back without an exception of the listener";
        }
    }

    private Outcome call(Lease lease, Object[] arguments) {
        Throwable thrown = null;
        boolean called = false;
        boolean ended = false;
        if (resource != null) {
            Consumption consumption = () -> lease;
            resource.deliver(consumption);
        }
        try {
            if (endpoint == null) {
                endpoint = subscription.createEndpoint(resource);
            }
            endpoint.beforeDelivery(subscription.listener().method());
            called = true;
            try {
                subscription.listener().invoke(endpoint, arguments);
            } catch (Throwable e) {
                thrown = e;
                called = !ListenerFailure.isRefusal(e);
                if (resource != null && ListenerFailure.isOfContainer(e)) {
                    subscription.rollBack(resource); // WildFly would commit what failed before it came to the bean
                }
            }
            endpoint.afterDelivery();
            ended = true;
            return new Outcome(called, thrown, null);
        } catch (ResourceException | NoSuchMethodException | RuntimeException | LinkageError e) {
            if (called || thrown == null) {
                LogMessage.ENDPOINT_FAILED.log(lease.queue(), lease.id(), ListenerFailure.describe(e));
            }
            return new Outcome(called, thrown, e);
        } finally {
            if (!ended) {
                releaseEndpoint();
            }
        }
    }

    private void settle(ClaimedMessage claimed, Outcome outcome) {
        if (resource == null) {
            if (outcome.thrown() == null && outcome.failure() == null) {
                subscription.complete(claimed);
            } else {
                subscription.retry(claimed, outcome.reason());
            }
            return;
        }
        Branch.State state = resource.delivered();
        switch (state) {
            case COMMITTED -> {
                if (outcome.thrown() != null) {
                    LogMessage.COMMITTED_DESPITE_EXCEPTION.log(
                            claimed.lease().queue(), claimed.lease().id(), outcome.reason());
                }
                subscription.forget(claimed);
            }
            case PREPARED -> subscription.forget(claimed);
            default -> subscription.retry(claimed, outcome.reason());
        }
    }

    private void releaseEndpoint() {
        if (endpoint != null) {
            try {
                endpoint.release();
            } catch (RuntimeException e) {
                LogMessage.ENDPOINT_FAILED.log(dispatcher.queue(), "-", ListenerFailure.describe(e));
            }
            endpoint = null;
        }
    }
}
