// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.transaction.RedisXAResource;
import org.redisqueue.spi.ListenerEndpoint;

/** Listeners at work, from their activation to their deactivation (Jakarta Connectors 2.1, 13.4.4). */
public final class Activation {

    private final RedisActivationSpec spec;
    private final List<Subscription> subscriptions;
    private Long drainedUntil;

    private Activation(RedisActivationSpec spec, List<Subscription> subscriptions) {
        this.spec = spec;
        this.subscriptions = subscriptions;
    }

    /**
     * Of the listener methods of a message-driven bean. Checks that they can be called; calls nothing yet.
     *
     * @throws ResourceException if the configuration or a listener method is wrong, saying what and why
     */
    public static Activation of(RedisActivationSpec spec, MessageEndpointFactory endpoints, Inbound inbound)
            throws ResourceException {
        spec.validate();
        Leases leases = inbound.manager().leases(spec.getLease());
        ClassLoader context = new EndpointClassLoader(
                endpoints.getEndpointClass().getClassLoader(),
                Thread.currentThread().getContextClassLoader());
        List<Subscription> subscriptions = new ArrayList<>();
        for (ListenerMethod listener : ListenerMethod.of(endpoints.getEndpointClass(), spec.getQueue())) {
            TransactionAttributes.check(listener, endpoints);
            boolean transacted = isTransacted(endpoints, listener);
            TransactionAttributes.checkInterceptors(listener, transacted);
            TransactionGuard guard = new TransactionGuard(listener, inbound.container());
            Subscription subscription = new Subscription(
                    listener.queue(),
                    listener.toString(),
                    transacted,
                    () -> new MessageEndpointCaller(
                            listener,
                            endpoints,
                            context,
                            inbound,
                            guard,
                            transacted ? new RedisXAResource(inbound.manager(), leases.leaseMillis()) : null),
                    spec,
                    leases,
                    inbound);
            guard.guard(subscription);
            subscriptions.add(subscription);
        }
        return new Activation(spec, subscriptions);
    }

    /**
     * Of one listener that is no message-driven bean; calls nothing yet.
     *
     * @throws ResourceException if the configuration is wrong, saying what and why
     */
    public static Activation of(
            RedisActivationSpec spec, String listener, boolean transacted, ListenerEndpoint endpoint, Inbound inbound)
            throws ResourceException {
        spec.validate();
        String queue = ListenerMethod.requireQueue(spec.getQueue(), listener);
        ListenerEndpointCaller caller = new ListenerEndpointCaller(queue, endpoint);
        return new Activation(
                spec,
                List.of(new Subscription(
                        queue,
                        listener,
                        transacted,
                        () -> caller,
                        spec,
                        inbound.manager().leases(spec.getLease()),
                        inbound)));
    }

    private static boolean isTransacted(MessageEndpointFactory endpoints, ListenerMethod listener)
            throws ResourceException {
        try {
            return endpoints.isDeliveryTransacted(listener.method());
        } catch (NoSuchMethodException e) {
            Throwable reason =
                    e.getCause() == null ? e : e.getCause(); // Open Liberty: a forbidden transaction attribute
            throw new ResourceException("RQ-117 Listener method " + listener + " cannot be called: " + reason, e);
        }
    }

    /** Begins to consume. Does not block. */
    public void start() {
        for (Subscription subscription : subscriptions) {
            LogMessage.CONSUMING.log(subscription.queue(), spec.getMaxConcurrency(), subscription.listener());
            subscription.start();
        }
    }

    /** Takes no more messages until {@link #resume}. Does not block. */
    public void suspend() {
        subscriptions.forEach(Subscription::suspend);
    }

    /** Goes on after {@link #suspend}. */
    public void resume() {
        subscriptions.forEach(Subscription::resume);
    }

    /** Takes no more messages; the drain time-out begins. Does not block. */
    public void halt() {
        drainedUntil();
        subscriptions.forEach(Subscription::halt);
    }

    private synchronized long drainedUntil() {
        if (drainedUntil == null) {
            drainedUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(spec.getDrainTimeout());
        }
        return drainedUntil;
    }

    /** While another thread is in {@link #stop}: blocks until it has returned, but no longer than the drain time-out. */
    void awaitStop(CompletableFuture<Void> stopped) {
        try {
            stopped.get(drainedUntil() - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // the other thread says so
        }
    }

    /** Ends consuming: blocks until all listeners have returned, but no longer than the drain time-out. */
    public void stop() {
        halt();
        long end = drainedUntil();
        for (Subscription subscription : subscriptions) {
            String queue = subscription.queue();
            long left = TimeUnit.NANOSECONDS.toMillis(Math.max(0, end - System.nanoTime()));
            int atWork = subscription.awaitEnd(left);
            if (atWork > 0) {
                LogMessage.NOT_DRAINED.log(queue, atWork, spec.getDrainTimeout());
            }
            LogMessage.NO_LONGER_CONSUMING.log(queue);
        }
    }
}
