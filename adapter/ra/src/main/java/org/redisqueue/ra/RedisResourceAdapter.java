// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra;

import jakarta.resource.ResourceException;
import jakarta.resource.spi.ActivationSpec;
import jakarta.resource.spi.BootstrapContext;
import jakarta.resource.spi.InvalidPropertyException;
import jakarta.resource.spi.ResourceAdapter;
import jakarta.resource.spi.ResourceAdapterInternalException;
import jakarta.resource.spi.endpoint.MessageEndpointFactory;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAResource;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.OwnThreads;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.inbound.ActivatedListener;
import org.redisqueue.ra.inbound.Activation;
import org.redisqueue.ra.inbound.Inbound;
import org.redisqueue.ra.inbound.RedisActivationSpec;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.outbound.ListenerHost;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.RedisXAResource;
import org.redisqueue.ra.transaction.ResourceManager;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerEndpoint;
import org.redisqueue.spi.NotRunningException;

/** The resource adapter: its configuration and its life in the server (Jakarta Connectors 2.1, 5.3). */
public class RedisResourceAdapter extends ConnectionProperties implements ResourceAdapter, ListenerHost {

    private static final long serialVersionUID = 1L;
    private static final long THREAD_KEPT_SECONDS = 10;

    private final transient Map<MessageEndpointFactory, Activation> activations = new ConcurrentHashMap<>();
    private final transient Set<ListenerActivation> listeners = ConcurrentHashMap.newKeySet();
    private transient BootstrapContext container;
    private transient ResourceManager manager;
    private transient NamedResources names;
    private transient ExecutorService blocking;
    private transient volatile boolean running;

    public RedisResourceAdapter() {
        Configuration.applyDefaults(this);
    }

    /**
     * Starts. Redis need not be there: it is connected to when it is needed.
     *
     * @throws ResourceAdapterInternalException if the configuration is wrong
     */
    @Override
    public void start(BootstrapContext context) throws ResourceAdapterInternalException {
        try {
            check("resource adapter");
            manager = ResourceManager.acquire(this);
        } catch (InvalidPropertyException | RedisQueueException e) {
            throw new ResourceAdapterInternalException(e.getMessage(), e);
        }
        names = NamedResources.knownTo(context);
        container = context;
        blocking = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                THREAD_KEPT_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                new OwnThreads("redis-queue-dispatcher"));
        running = true;
        LogMessage.STARTED.log(this);
    }

    @Override
    public void stop() {
        running = false;
        activations.values().forEach(Activation::halt);
        listeners.forEach(ListenerActivation::halt);
        activations.values().forEach(Activation::stop);
        listeners.forEach(ListenerActivation::deactivate);
        activations.clear();
        blocking.shutdownNow();
        manager.release();
        LogMessage.STOPPED.log();
    }

    /**
     * Begins to deliver to an endpoint.
     *
     * @throws ResourceException if its configuration or its listener is wrong, saying what and why
     */
    @Override
    public void endpointActivation(MessageEndpointFactory endpoints, ActivationSpec spec) throws ResourceException {
        if (!(spec instanceof RedisActivationSpec ours)) {
            throw new ResourceException("RQ-121 " + spec + " is not an activation of this resource adapter");
        }
        Activation activation = Activation.of(ours, endpoints, new Inbound(manager, names, container, blocking));
        activations.put(endpoints, activation);
        activation.start();
    }

    @Override
    public void endpointDeactivation(MessageEndpointFactory endpoints, ActivationSpec spec) {
        Activation activation = activations.remove(endpoints);
        if (activation != null) {
            activation.stop();
        }
    }

    /**
     * Begins to deliver to a listener that is no message-driven bean.
     *
     * @throws RedisQueueException if its configuration is wrong, saying what and why
     */
    @Override
    public ListenerActivation activate(
            ConnectionProperties connection,
            String listener,
            Map<String, String> properties,
            boolean transacted,
            boolean paused,
            ListenerEndpoint endpoint) {
        requireRunning(listener);
        ResourceManager consumed = ResourceManager.acquire(connection);
        ActivatedListener activated;
        try {
            RedisActivationSpec spec = new RedisActivationSpec();
            Configuration.set(spec, "listener " + listener, properties);
            activated = new ActivatedListener(Activation.of(
                    spec, listener, transacted, endpoint, new Inbound(consumed, names, container, blocking)));
        } catch (ResourceException e) {
            consumed.release();
            throw new RedisQueueException(e.getMessage(), e);
        }
        activated.ended().thenRun(() -> {
            listeners.remove(activated);
            consumed.release();
        });
        listeners.add(activated);
        try {
            requireRunning(listener); // or it may have been added too late for the stop
            if (paused) {
                activated.pause();
            }
            activated.start();
        } catch (RejectedExecutionException e) { // it is stopping
            activated.deactivate();
            throw notRunning(listener);
        } catch (RuntimeException e) {
            activated.deactivate();
            throw e;
        }
        return activated;
    }

    private void requireRunning(String listener) {
        if (!running) {
            throw notRunning(listener);
        }
    }

    private static NotRunningException notRunning(String listener) {
        return new NotRunningException("RQ-127 The resource adapter does not run: nothing is delivered to " + listener);
    }

    /** One XAResource: it lists all that is prepared in Redis, whichever activation or connection it comes from. */
    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) {
        return new XAResource[] {names.named(new RedisXAResource(manager))};
    }

    /** Each instance is another resource adapter, whatever its settings: it has its own activations. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
