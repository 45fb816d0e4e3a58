// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.ResourceManager;

/** A message-driven bean at work, from its activation to its deactivation (Jakarta Connectors 2.1, 13.4.4). */
public final class Activation {

    private final RedisActivationSpec spec;
    private final List<Subscription> subscriptions = new ArrayList<>();

    /**
     * Checks that the endpoint can be called; calls nothing yet.
     *
     * @param names what the container gets XAResources by
     * @param blocking runs what may block
     * @throws ResourceException if the configuration or a listener method is wrong, saying what and why
     */
    public Activation(
            RedisActivationSpec spec,
            MessageEndpointFactory endpoints,
            ResourceManager manager,
            NamedResources names,
            BootstrapContext container,
            ExecutorService blocking)
            throws ResourceException {
        this.spec = spec;
        spec.validate();
        for (ListenerMethod listener : ListenerMethod.of(endpoints.getEndpointClass(), spec.getQueue())) {
            boolean transacted = isTransacted(endpoints, listener);
            subscriptions.add(
                    new Subscription(listener, endpoints, transacted, spec, manager, names, container, blocking));
        }
    }

    private static boolean isTransacted(MessageEndpointFactory endpoints, ListenerMethod listener)
            throws ResourceException {
        try {
            return endpoints.isDeliveryTransacted(listener.method());
        } catch (NoSuchMethodException e) {
            throw new ResourceException("RQ-117 Listener method " + listener + " cannot be called: " + e, e);
        }
    }

    /** Begins to consume. Does not block. */
    public void start() {
        for (Subscription subscription : subscriptions) {
            LogMessage.CONSUMING.log(
                    subscription.listener().queue(), spec.getMaxConcurrency(), subscription.listener());
            subscription.start();
        }
    }

    /** Takes no more messages. Does not block. */
    public void halt() {
        subscriptions.forEach(Subscription::halt);
    }

    /** Ends consuming: blocks until all listeners have returned, but no longer than the drain time-out. */
    public void stop() {
        halt();
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(spec.getDrainTimeout());
        for (Subscription subscription : subscriptions) {
            String queue = subscription.listener().queue();
            long left = TimeUnit.NANOSECONDS.toMillis(Math.max(0, end - System.nanoTime()));
            int atWork = subscription.awaitEnd(left);
            if (atWork > 0) {
                LogMessage.NOT_DRAINED.log(queue, atWork, spec.getDrainTimeout());
            }
            LogMessage.NO_LONGER_CONSUMING.log(queue);
        }
    }
}
