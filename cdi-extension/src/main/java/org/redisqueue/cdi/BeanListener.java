// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.concurrent.ContextService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.transaction.UserTransaction;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.RedisQueueListeners.Listener;
import org.redisqueue.RedisQueueListeners.State;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerActivator;
import org.redisqueue.spi.ListenerEndpoint;
import org.redisqueue.spi.NotRunningException;

/**
 * Keeps a listener of a CDI bean activated while its application runs, and reactivates it when the resource adapter
 * restarts.
 */
final class BeanListener implements Listener {

    private static final long REACTIVATION_SECONDS = 1;
    private static final long ADAPTER_TIMEOUT_SECONDS = 10;
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** The services and objects of the application that its listeners use. */
    record Services(
            ApplicationModule module,
            Deliveries deliveries,
            BeanManager manager,
            UserTransaction transactions,
            ContextService contexts,
            ManagedScheduledExecutorService timer) {}

    private final ListenerDefinition definition;
    private final ListenerConfiguration configuration;
    private final Services services;
    private final ListenerEndpoint endpoint;
    private final Runnable reactivation;
    private volatile @Nullable RedisQueueConnectionFactory connections;
    private @Nullable ListenerActivation activation;
    private @Nullable Future<?> scheduled;
    private volatile @Nullable String lastFailure;
    private boolean paused;
    private boolean stopped;

    /** Must be called in the context in which the listener will run. */
    BeanListener(ListenerDefinition definition, ListenerConfiguration configuration, Services services) {
        this.definition = definition;
        this.configuration = configuration;
        this.services = services;
        Attempt attempt = new BeanEndpoint(
                definition,
                configuration.sendTo(),
                configuration.publishTo(),
                () -> Optional.ofNullable(connections),
                services.deliveries(),
                services.manager(),
                services.transactions());
        this.endpoint = new ContextualAttempts(
                services.contexts(), attempt, definition.signature().receivesBatches());
        this.reactivation = services.contexts().createContextualProxy(this::reactivate, Runnable.class);
    }

    boolean belongsTo(ApplicationModule module) {
        return services.module().loader() == module.loader();
    }

    /**
     * Activates the listener. A starting server may start the application and the resource adapter at the same time, so
     * this method waits up to ten seconds for the adapter. If the listener is optional, it does not wait: the listener
     * is activated later, when the adapter becomes available.
     *
     * @throws ConnectionFactories.NotBoundException if there is no connection factory, and the listener is not optional
     * @throws NotRunningException if the adapter is not running, and the listener is not optional
     * @throws RedisQueueException if the configuration of the listener is invalid
     */
    void start() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(ADAPTER_TIMEOUT_SECONDS);
        while (true) {
            try {
                activate();
                return;
            } catch (ConnectionFactories.NotBoundException | NotRunningException e) {
                if (configuration.optional()) {
                    ExtensionLog.WAITING.log(name(), e.getMessage());
                    scheduleReactivation();
                    return;
                }
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    /** @return false if the listener is already active, or has been stopped */
    private boolean activate() {
        RedisQueueConnectionFactory factory = ConnectionFactories.find(configuration.connectionFactory());
        ListenerActivation activated;
        synchronized (this) {
            if (stopped || activation != null) {
                return false;
            }
            connections = factory;
            activated = ((ListenerActivator) factory)
                    .activate(name(), configuration.properties(), definition.isTransacted(), paused, endpoint);
            activation = activated;
        }
        activated.ended().thenRun(this::ended);
        return true;
    }

    /** Called when the activation has ended, because either the adapter or this listener was stopped. */
    private void ended() {
        synchronized (this) {
            activation = null;
            connections = null;
            if (stopped) {
                return;
            }
        }
        ExtensionLog.WAITING.log(name(), "The resource adapter was stopped.");
        scheduleReactivation();
    }

    private synchronized void scheduleReactivation() {
        if (stopped || scheduled != null) {
            return;
        }
        try {
            scheduled = services.timer()
                    .scheduleWithFixedDelay(reactivation, REACTIVATION_SECONDS, REACTIVATION_SECONDS, TimeUnit.SECONDS);
        } catch (RejectedExecutionException | IllegalStateException e) {
            ExtensionLog.NOT_RESCHEDULED.log(name(), e);
        }
    }

    private void reactivate() {
        try {
            if (activate()) {
                ExtensionLog.FOUND.log(name());
            }
            lastFailure = null;
        } catch (ConnectionFactories.NotBoundException | NotRunningException e) {
            lastFailure = null;
        } catch (RuntimeException | LinkageError e) {
            if (!Objects.equals(lastFailure, e.getMessage())) {
                ExtensionLog.NOT_ACTIVATED.log(name(), e.getMessage());
            }
            lastFailure = e.getMessage();
        }
        synchronized (this) {
            if (activation != null) {
                cancelReactivation();
            }
        }
    }

    private synchronized void cancelReactivation() {
        if (scheduled != null) {
            scheduled.cancel(false);
            scheduled = null;
        }
    }

    /** Stops claiming messages permanently. Does not block. */
    void stop() {
        ListenerActivation ending;
        synchronized (this) {
            stopped = true;
            ending = activation;
        }
        cancelReactivation();
        if (ending != null) {
            ending.stop();
        }
    }

    /** Waits, after {@link #stop}, for deliveries in progress, up to {@code drainTimeout}. */
    void drain() {
        ListenerActivation ending;
        synchronized (this) {
            ending = activation;
        }
        if (ending != null) {
            ending.deactivate();
        }
    }

    /** {@return the JNDI name of the connection factory; empty for the default} */
    String connectionFactory() {
        return configuration.connectionFactory();
    }

    /** {@return the connection factory; empty while the listener is not activated} */
    Optional<RedisQueueConnectionFactory> connections() {
        return Optional.ofNullable(connections);
    }

    /** {@return whether the application works without the adapter} */
    boolean isOptional() {
        return configuration.optional();
    }

    @Override
    public String name() {
        return definition.name();
    }

    @Override
    public String queue() {
        return configuration.queue();
    }

    @Override
    public synchronized State state() {
        if (stopped) {
            return State.STOPPED;
        } else if (paused) {
            return State.PAUSED;
        }
        if (activation == null) {
            return State.WAITING;
        }
        return activation.isBreakerOpen() ? State.BREAKER_OPEN : State.ACTIVE;
    }

    @Override
    public synchronized void pause() {
        paused = true;
        if (activation != null) {
            activation.pause();
        }
    }

    @Override
    public synchronized void resume() {
        paused = false;
        if (activation != null) {
            activation.resume();
        }
    }

    @Override
    public void resetBreaker() {
        ListenerActivation reset;
        synchronized (this) {
            reset = activation;
        }
        if (reset != null) {
            reset.resetBreaker();
        }
    }

    @Override
    public String toString() {
        return name();
    }
}
