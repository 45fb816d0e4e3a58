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
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.transaction.xa.XAResource;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueException;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.admin.RedisQueueAdmin;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.config.Property;
import org.redisqueue.ra.health.RedisMonitor;
import org.redisqueue.ra.inbound.ActivatedListener;
import org.redisqueue.ra.inbound.Activation;
import org.redisqueue.ra.inbound.Inbound;
import org.redisqueue.ra.inbound.RedisActivationSpec;
import org.redisqueue.ra.jmx.Management;
import org.redisqueue.ra.jmx.RedisSource;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.LoggingObserver;
import org.redisqueue.ra.observer.Observers;
import org.redisqueue.ra.outbound.ListenerHost;
import org.redisqueue.ra.statistics.ServerStatistics;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.RedisXAResource;
import org.redisqueue.ra.transaction.ResourceManager;
import org.redisqueue.spi.AdapterHealth;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerEndpoint;
import org.redisqueue.spi.NotRunningException;

/**
 * The resource adapter: its configuration, and its lifecycle in the application server (Jakarta Connectors 2.1, 5.3).
 * It activates the endpoints of message-driven beans and the listeners of extensions.
 */
public class RedisResourceAdapter extends ConnectionProperties implements ResourceAdapter, ListenerHost {

    private static final long serialVersionUID = 1L;
    private static final long THREAD_KEPT_SECONDS = 10;

    @Property(
            description = "Whether to register management beans (JMX). Applies to the resource adapter only.",
            defaultValue = "true")
    private @Nullable Boolean jmx;

    private final transient Map<MessageEndpointFactory, Activation> activations = new ConcurrentHashMap<>();
    private final transient Set<ListenerActivation> listeners = ConcurrentHashMap.newKeySet();
    /** Register further observers here. */
    private final transient Observers observers = new Observers(new LoggingObserver());

    private final transient Administration administration = new Administration();

    /** Set by {@link #start}, and kept after {@link #stop}. */
    private transient @Nullable Inbound inbound;

    private transient Management management = new Management(false, observers, Runnable::run);
    private transient volatile boolean running;

    @SuppressWarnings("this-escape") // sets only properties that this class inherits
    public RedisResourceAdapter() {
        Configuration.applyDefaults(this);
    }

    /**
     * Starts the resource adapter. Redis does not have to be available: the adapter connects when it first needs Redis.
     *
     * @throws ResourceAdapterInternalException if the configuration is invalid
     */
    @Override
    public void start(BootstrapContext context) throws ResourceAdapterInternalException {
        ResourceManager manager;
        try {
            check("resource adapter");
            manager = ResourceManager.acquire(this);
        } catch (InvalidPropertyException | RedisQueueException e) {
            throw new ResourceAdapterInternalException(e.getMessage(), e);
        }
        ExecutorService blocking = new ThreadPoolExecutor(
                0,
                Integer.MAX_VALUE,
                THREAD_KEPT_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                new AdapterThreadFactory("redis-queue-dispatcher"));
        management = new Management(!Boolean.FALSE.equals(jmx), observers, blocking);
        try {
            management.start(manager.client().settings().getClientName(), source(manager));
            inbound = new Inbound(manager, NamedResources.of(context), context, blocking, observers);
            statistics(manager).join();
        } catch (RuntimeException | Error e) {
            management.close();
            blocking.shutdownNow();
            manager.release();
            throw e;
        }
        running = true;
        LogMessage.STARTED.log(this);
    }

    /**
     * Ends all activations. All of them stop claiming messages before the first one is drained, so that their drain
     * timeouts run at the same time.
     */
    @Override
    public void stop() {
        running = false;
        try {
            endActivations();
        } finally {
            administration.end();
            management.close();
            inbound().blocking().shutdownNow();
            release(inbound().manager());
        }
        LogMessage.STOPPED.log();
    }

    private void endActivations() {
        activations.values().forEach(Activation::stop);
        listeners.forEach(ListenerActivation::stop);
        activations.values().forEach(Activation::stopAndDrain);
        listeners.forEach(ListenerActivation::deactivate);
        activations.clear();
    }

    /**
     * Starts to deliver messages to the endpoint of a message-driven bean.
     *
     * @throws ResourceException if the configuration or a listener method is invalid; the message says what is wrong
     *     and why
     */
    @Override
    public void endpointActivation(MessageEndpointFactory endpoints, ActivationSpec spec) throws ResourceException {
        if (!(spec instanceof RedisActivationSpec ours)) {
            throw new ResourceException("RQ-121 Activation '" + spec + "' does not belong to this resource adapter.");
        }
        Activation activation = Activation.of(ours, endpoints, inbound());
        activations.put(endpoints, activation);
        activation.start();
        management.add(inbound().manager().client(), activation.breakerResets());
    }

    @Override
    public void endpointDeactivation(MessageEndpointFactory endpoints, ActivationSpec spec) {
        Activation activation = activations.remove(endpoints);
        if (activation != null) {
            try {
                activation.stopAndDrain();
            } finally {
                management.remove(activation.statistics());
            }
        }
    }

    /**
     * Starts to deliver messages to a listener of an extension.
     *
     * @throws NotRunningException if the resource adapter is not running
     * @throws RedisQueueException if the configuration is invalid; the message says what is wrong and why
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
        join(consumed);
        ActivatedListener activated;
        try {
            RedisActivationSpec spec = new RedisActivationSpec();
            Configuration.set(spec, "listener '" + listener + "'", properties);
            activated = new ActivatedListener(Activation.of(
                    spec, listener, transacted, endpoint, inbound().with(consumed)));
        } catch (ResourceException e) {
            release(consumed);
            throw new RedisQueueException(e.getMessage(), e);
        }
        activated.ended().thenRun(() -> {
            listeners.remove(activated);
            management.remove(activated.statistics());
            release(consumed);
        });
        listeners.add(activated);
        try {
            requireRunning(listener); // stop() may have missed it if it ran before the listener was added
            if (paused) {
                activated.pause();
            }
            activated.start();
            management.add(consumed.client(), activated.breakerResets());
        } catch (RejectedExecutionException e) { // the adapter is stopping
            activated.deactivate();
            throw notRunning(listener);
        } catch (RuntimeException e) {
            activated.deactivate();
            throw e;
        }
        return activated;
    }

    @Override
    public QueueAdmin admin(ConnectionProperties connection) {
        if (!running) {
            throw new RedisQueueException(
                    "RQ-127 Queues cannot be administered because the resource adapter is not running.");
        }
        return administration.of(connection, () -> running).admin();
    }

    @Override
    public AdapterHealth health(ConnectionProperties connection) {
        if (!running) {
            throw new NotRunningException("RQ-127 The health is unknown because the resource adapter is not running.");
        }
        ResourceManager manager = administration.of(connection, () -> running).manager();
        return RedisMonitor.of(manager.client(), manager.operations(), manager.timer())
                .health();
    }

    private static ServerStatistics statistics(ResourceManager manager) {
        return ServerStatistics.of(manager.client(), manager.operations(), manager.timer());
    }

    private static RedisSource source(ResourceManager manager) {
        return new RedisSource(
                manager.client(),
                manager.operations(),
                statistics(manager),
                () -> RedisQueueAdmin.of(manager.operations()));
    }

    @Override
    public void join(ResourceManager manager) {
        statistics(manager).join();
        management.join(source(manager));
    }

    @Override
    public void leave(ResourceManager manager) {
        management.leave(manager.client());
        statistics(manager).leave();
    }

    /** Ends the use of a Redis, and closes the connection to it unless others use it. */
    private void release(ResourceManager manager) {
        leave(manager);
        manager.release();
    }

    public @Nullable Boolean getJmx() {
        return jmx;
    }

    public void setJmx(@Nullable Boolean jmx) {
        this.jmx = jmx;
    }

    /** Registers a further observer of deliveries. */
    public void observe(DeliveryObserver observer) {
        observers.add(observer);
    }

    @Override
    public DeliveryObserver observer() {
        return observers;
    }

    private void requireRunning(String listener) {
        if (!running) {
            throw notRunning(listener);
        }
    }

    private static NotRunningException notRunning(String listener) {
        return new NotRunningException(
                "RQ-127 Listener '" + listener + "' cannot be activated because the resource adapter is not running.");
    }

    /**
     * Returns a single XAResource, which lists all prepared branches in Redis, regardless of the activation or
     * connection that prepared them.
     */
    @Override
    public XAResource[] getXAResources(ActivationSpec[] specs) {
        return new XAResource[] {
            inbound().names().named(new RedisXAResource(inbound().manager()))
        };
    }

    private Inbound inbound() {
        return Objects.requireNonNull(inbound, "The resource adapter has not been started");
    }

    /**
     * Instances are equal only if they are identical, even if their settings are equal: each has its own activations.
     */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
