// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.statistics.ListenerStatistics;
import org.redisqueue.ra.transaction.RedisXAResource;
import org.redisqueue.spi.ListenerEndpoint;

/** The running listeners of one bean, from activation to deactivation (Jakarta Connectors 2.1, 13.4.4). */
public final class Activation {

    private final ActivationSettings settings;
    private final String changes;
    private final List<Subscription> subscriptions;
    private @Nullable Long drainUntil;

    /** @param changes the settings that differ from the defaults */
    private Activation(ActivationSettings settings, String changes, List<Subscription> subscriptions) {
        this.settings = settings;
        this.changes = changes;
        this.subscriptions = subscriptions;
    }

    /**
     * Creates the activation of a message-driven bean. Checks that its listener methods can be called, but does not
     * call them.
     *
     * @throws ResourceException if the configuration or a listener method is invalid; the message states what is wrong
     *     and why
     */
    public static Activation of(RedisActivationSpec spec, MessageEndpointFactory endpoints, Inbound inbound)
            throws ResourceException {
        spec.validate();
        ActivationSettings settings = spec.settings();
        Leases leases = leases(settings, inbound);
        ClassLoader context = new EndpointClassLoader(
                endpoints.getEndpointClass().getClassLoader(),
                Thread.currentThread().getContextClassLoader());
        List<Subscription> subscriptions = new ArrayList<>();
        List<ListenerMethod> listeners =
                ListenerMethod.of(endpoints.getEndpointClass(), spec.getQueue(), spec.getTopic());
        if (listeners.stream().noneMatch(ListenerMethod::receivesBatches)) {
            spec.requireNoBatches();
        }
        for (ListenerMethod listener : listeners) {
            TransactionAttributes.check(listener, endpoints);
            boolean transacted = isTransacted(endpoints, listener);
            TransactionAttributes.checkInterceptors(listener, transacted);
            TransactionGuard guard = new TransactionGuard(listener, inbound.container());
            Subscription subscription = new Subscription(
                    listener.queue(),
                    listener.topic(),
                    listener.toString(),
                    transacted,
                    listener.receivesBatches(),
                    () -> new MessageEndpointCaller(
                            listener,
                            endpoints,
                            context,
                            inbound,
                            guard,
                            transacted ? new RedisXAResource(inbound.manager(), leases.leaseMillis()) : null),
                    settings,
                    leases,
                    inbound);
            guard.guard(subscription);
            subscriptions.add(subscription);
        }
        return new Activation(settings, Configuration.describeChanges(spec), subscriptions);
    }

    /**
     * Creates the activation of one listener that is not a message-driven bean. Does not call the listener.
     *
     * @throws ResourceException if the configuration is invalid; the message states what is wrong and why
     */
    public static Activation of(
            RedisActivationSpec spec, String listener, boolean transacted, ListenerEndpoint endpoint, Inbound inbound)
            throws ResourceException {
        spec.validate();
        ActivationSettings settings = spec.settings();
        String queue = ListenerMethod.requireQueue(spec.getQueue(), listener);
        ListenerEndpointCaller caller = new ListenerEndpointCaller(queue, endpoint);
        return new Activation(
                settings,
                Configuration.describeChanges(spec),
                List.of(new Subscription(
                        queue,
                        Optional.ofNullable(spec.getTopic()),
                        listener,
                        transacted,
                        endpoint.receivesBatches(),
                        () -> caller,
                        settings,
                        leases(settings, inbound),
                        inbound)));
    }

    private static Leases leases(ActivationSettings settings, Inbound inbound) {
        return inbound.manager().leases(settings.leaseMillis(), inbound.observer()::leaseLost);
    }

    private static boolean isTransacted(MessageEndpointFactory endpoints, ListenerMethod listener)
            throws ResourceException {
        try {
            return endpoints.isDeliveryTransacted(listener.method());
        } catch (NoSuchMethodException e) {
            Throwable reason =
                    e.getCause() == null ? e : e.getCause(); // Open Liberty: the transaction attribute is not allowed
            throw new ResourceException("RQ-117 Listener method '" + listener + "' cannot be called: " + reason, e);
        }
    }

    /** Returns the figures of the listeners. */
    public List<ListenerStatistics> statistics() {
        return subscriptions.stream().map(Subscription::statistics).toList();
    }

    /** Starts consuming messages. Does not block. */
    public void start() {
        for (Subscription subscription : subscriptions) {
            LogMessage.CONSUMING.log(subscription.queue(), settings.maxConcurrency(), subscription.listener(), changes);
            subscription.start();
        }
    }

    /** Pauses the listeners: claims no messages until {@link #resume}. Does not block. */
    public void pause() {
        subscriptions.forEach(Subscription::pause);
    }

    /** Resumes the listeners after {@link #pause}. */
    public void resume() {
        subscriptions.forEach(Subscription::resume);
    }

    /** Returns whether the circuit breaker of a listener is open. */
    boolean isBreakerOpen() {
        return statistics().stream().anyMatch(listener -> listener.figures().breakerOpen());
    }

    /** Closes the circuit breakers of the listeners. */
    public void resetBreaker() {
        subscriptions.forEach(Subscription::resetBreaker);
    }

    /** Returns what closes the circuit breaker of each listener. */
    public Map<ListenerStatistics, Runnable> breakerResets() {
        Map<ListenerStatistics, Runnable> resets = new LinkedHashMap<>();
        subscriptions.forEach(each -> resets.put(each.statistics(), each::resetBreaker));
        return resets;
    }

    /** Stops intake and starts the drain timeout. Does not block. */
    public void stop() {
        drainUntil();
        subscriptions.forEach(Subscription::stop);
    }

    private synchronized long drainUntil() {
        if (drainUntil == null) {
            drainUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(settings.drainTimeoutMillis());
        }
        return drainUntil;
    }

    /** Blocks until another thread's call to {@link #stopAndDrain} returns or the drain timeout ends. */
    void awaitDrained(CompletableFuture<Void> drained) {
        try {
            drained.get(drainUntil() - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // reported by the thread that drains the activation
        }
    }

    /** Stops, and blocks until all listeners have returned or the drain timeout ends. */
    public void stopAndDrain() {
        stop();
        long end = drainUntil();
        for (Subscription subscription : subscriptions) {
            String queue = subscription.queue();
            long left = TimeUnit.NANOSECONDS.toMillis(Math.max(0, end - System.nanoTime()));
            int running = subscription.drain(left);
            if (running > 0) {
                LogMessage.NOT_DRAINED.log(queue, running, settings.drainTimeoutMillis());
            }
            LogMessage.NO_LONGER_CONSUMING.log(queue);
        }
    }
}
