// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.concurrent.ContextService;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.inject.Inject;
import jakarta.transaction.UserTransaction;
import java.net.URL;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import org.redisqueue.RedisQueueException;
import org.redisqueue.RedisQueueListeners;

/** Starts and stops the listeners together with their modules. */
@ApplicationScoped
public class Listeners implements RedisQueueListeners {

    private static final List<String> BEAN_MANAGERS = List.of("java:comp/BeanManager");

    /** WildFly has no {@code java:comp} when it starts the modules of an EAR other than web modules. */
    private static final List<String> CONTEXT_SERVICES =
            List.of("java:comp/DefaultContextService", "java:jboss/ee/concurrency/context/default");

    private static final List<String> USER_TRANSACTIONS =
            List.of("java:comp/UserTransaction", "java:jboss/UserTransaction");

    private static final List<String> EXECUTORS =
            List.of("java:comp/DefaultManagedScheduledExecutorService", "java:jboss/ee/concurrency/scheduler/default");

    private final RedisQueueExtension extension;
    private final Deliveries deliveries;
    private final BeanManager manager;
    private final Map<String, BeanListener> started = new ConcurrentSkipListMap<>();

    /** For client proxies. */
    @SuppressWarnings("NullAway") // a client proxy does not use its own fields
    Listeners() {
        this(null, null, null);
    }

    @Inject
    Listeners(RedisQueueExtension extension, Deliveries deliveries, BeanManager manager) {
        this.extension = extension;
        this.deliveries = deliveries;
        this.manager = manager;
    }

    /**
     * Starts those listeners of an initialized module that have not been started. The container may report the
     * initialization twice, on two threads.
     *
     * @throws RuntimeException if a listener cannot start, in which case all listeners of the application are stopped;
     *     the message says which listener and why
     */
    synchronized void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        ApplicationModule module = ApplicationModule.of(event);
        Map<ListenerDefinition, ListenerConfiguration> starting = new LinkedHashMap<>();
        extension.definitions().stream()
                .filter(definition -> !started.containsKey(definition.name()))
                .filter(definition -> module.contains(definition.bean().getBeanClass()))
                .sorted(Comparator.comparing(ListenerDefinition::name))
                .forEach(definition -> starting.put(
                        definition,
                        module.callFor(definition.bean().getBeanClass(), () -> configuration(definition, module))));
        if (starting.isEmpty()) {
            return;
        }
        try {
            start(starting, module);
        } catch (RuntimeException e) {
            stop();
            throw e;
        }
    }

    private void start(Map<ListenerDefinition, ListenerConfiguration> starting, ApplicationModule module) {
        starting.forEach((definition, configuration) -> {
            try {
                BeanListener listener = module.callFor(
                        definition.bean().getBeanClass(), () -> listener(definition, configuration, module));
                started.put(listener.name(), listener); // before the start: its first delivery may look it up
                listener.start();
            } catch (RuntimeException e) {
                throw new RedisQueueException(
                        "RQ-508 Listener method '" + definition + "' cannot be started: " + e.getMessage(), e);
            }
        });
    }

    private BeanListener listener(
            ListenerDefinition definition, ListenerConfiguration configuration, ApplicationModule module) {
        BeanManager ofModule = lookUp(BeanManager.class, BEAN_MANAGERS).orElse(manager);
        RedisQueueExtension.checkInjection(definition, ofModule);
        return new BeanListener(
                definition,
                configuration,
                new BeanListener.Services(
                        module,
                        deliveries,
                        ofModule,
                        require(UserTransaction.class, USER_TRANSACTIONS),
                        require(ContextService.class, CONTEXT_SERVICES),
                        require(ManagedScheduledExecutorService.class, EXECUTORS)));
    }

    private static <T> T require(Class<T> type, List<String> names) {
        return lookUp(type, names)
                .orElseThrow(() -> new RedisQueueException("RQ-506 Listeners of CDI beans require a "
                        + type.getSimpleName() + ", but the server provides none under '"
                        + String.join("' or '", names) + "'."));
    }

    private static <T> Optional<T> lookUp(Class<T> type, List<String> names) {
        for (String name : names) {
            try {
                return Optional.of(type.cast(InitialContext.doLookup(name)));
            } catch (NamingException e) {
                // try the next name
            }
        }
        return Optional.empty();
    }

    private ListenerConfiguration configuration(ListenerDefinition definition, ApplicationModule module) {
        Descriptor found = Descriptor.NONE;
        for (URL location : module.descriptors(definition.bean().getBeanClass())) {
            Descriptor next = Descriptor.read(location);
            requireKnown(next, location);
            found = found.orElse(next);
        }
        return ListenerConfiguration.of(definition, found);
    }

    private void requireKnown(Descriptor descriptor, URL location) {
        List<String> names = extension.definitions().stream()
                .map(ListenerDefinition::name)
                .sorted()
                .toList();
        for (String name : descriptor.listeners().keySet()) {
            if (!names.contains(name)) {
                throw new RedisQueueException("RQ-507 " + location + ": Unknown listener '" + name
                        + "'. Known listeners: " + String.join(", ", names) + ".");
            }
        }
    }

    /** Stops the listeners of a module before the module ends. */
    void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object event) {
        ApplicationModule module = ApplicationModule.of(event);
        stop(listener -> listener.belongsTo(module));
    }

    @PreDestroy
    void stop() {
        stop(listener -> true);
    }

    private synchronized void stop(Predicate<BeanListener> which) {
        List<BeanListener> stopping = started.values().stream().filter(which).toList();
        stopping.forEach(BeanListener::stop);
        stopping.forEach(BeanListener::drain);
        stopping.forEach(listener -> started.remove(listener.name()));
    }

    @Override
    public List<Listener> all() {
        return started.values().stream().collect(Collectors.toUnmodifiableList());
    }

    @Override
    public Listener get(String name) {
        Listener found = started.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "Unknown listener '" + name + "'. Known listeners: " + String.join(", ", started.keySet()) + ".");
        }
        return found;
    }
}
