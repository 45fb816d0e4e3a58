// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueException;
import org.redisqueue.RedisQueueListeners;
import org.redisqueue.spi.AdapterHealth;
import org.redisqueue.spi.HealthSource;

/** Asks for the health of the adapters whose connection factories the application uses. */
@ApplicationScoped
public class UsedAdapters {

    private static final String DEFAULT_NAME = "eis/RedisQueue";

    /**
     * An adapter that the application uses.
     *
     * @param name the JNDI name of its connection factory
     * @param required whether the application needs the adapter, because it has senders, or listeners that are not
     *     optional
     * @param health empty if the adapter is not running
     */
    public record Used(String name, boolean required, Optional<AdapterHealth> health) {

        /** {@return whether the application can use Redis, or does not need it} */
        public boolean isReady() {
            return health.map(AdapterHealth::ready).orElse(!required);
        }

        /** {@return whether the threads of the adapter are working; an adapter that is not running has none} */
        public boolean isAlive() {
            return health.map(AdapterHealth::alive).orElse(true);
        }
    }

    private final RedisQueueExtension extension;
    private final RedisQueueListeners listeners;

    /** The connection factories by name, kept because not every thread can look them up. */
    private final Map<String, RedisQueueConnectionFactory> found = new ConcurrentHashMap<>();

    /** For client proxies. */
    @SuppressWarnings("NullAway") // a client proxy does not use its own fields
    UsedAdapters() {
        this(null, null);
    }

    @Inject
    UsedAdapters(RedisQueueExtension extension, RedisQueueListeners listeners) {
        this.extension = extension;
        this.listeners = listeners;
    }

    /** {@return the adapters that senders and listeners use, sorted by name; the default one if there are none of them} */
    public List<Used> all() {
        Map<String, Boolean> required = new TreeMap<>();
        extension.senders().forEach(name -> required.put(Expressions.resolve(name), true));
        beans().forEach(listener ->
                required.merge(listener.connectionFactory(), !listener.isOptional(), Boolean::logicalOr));
        if (required.isEmpty()) {
            required.put("", false);
        }
        return required.entrySet().stream()
                .map(each -> new Used(
                        each.getKey().isEmpty() ? DEFAULT_NAME : each.getKey(), each.getValue(), health(each.getKey())))
                .toList();
    }

    private Stream<BeanListener> beans() {
        return listeners.all().stream().filter(BeanListener.class::isInstance).map(BeanListener.class::cast);
    }

    private Optional<AdapterHealth> health(String name) {
        Stream<@Nullable RedisQueueConnectionFactory> ofListeners = beans().filter(
                        listener -> listener.connectionFactory().equals(name))
                .map(listener -> listener.connections().orElse(null));
        return Stream.concat(ofListeners, Stream.of(found.get(name)))
                .filter(Objects::nonNull)
                .flatMap(factory -> health(factory).stream())
                .findFirst()
                .or(() -> lookUp(name));
    }

    private Optional<AdapterHealth> lookUp(String name) {
        try {
            RedisQueueConnectionFactory factory = ConnectionFactories.find(name);
            found.put(name, factory);
            return health(factory);
        } catch (RedisQueueException e) {
            return Optional.empty();
        }
    }

    private static Optional<AdapterHealth> health(RedisQueueConnectionFactory factory) {
        try {
            return factory instanceof HealthSource source ? Optional.of(source.health()) : Optional.empty();
        } catch (RedisQueueException e) {
            return Optional.empty();
        }
    }
}
