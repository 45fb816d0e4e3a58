// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.redisqueue.internal.QueueName;
import org.redisqueue.internal.TopicName;

/**
 * The effective configuration of a listener: its annotations, overridden by the deployment descriptor, with all
 * expressions replaced.
 *
 * @param connectionFactory the JNDI name of the connection factory; empty for the default
 * @param properties the activation properties, including {@code queue}
 */
record ListenerConfiguration(
        String connectionFactory,
        boolean optional,
        Optional<String> sendTo,
        Optional<String> publishTo,
        Map<String, String> properties) {

    private static final List<String> BATCH_PROPERTIES = List.of("batch", "batchWait");

    /** @throws IllegalArgumentException if a value is missing or invalid; the message says which */
    static ListenerConfiguration of(ListenerDefinition definition, Descriptor descriptor) {
        try {
            return merge(definition, descriptor);
        } catch (IllegalArgumentException e) {
            throw definition.unusable(e.getMessage());
        }
    }

    private static ListenerConfiguration merge(ListenerDefinition definition, Descriptor descriptor) {
        var annotation = definition.annotation();
        Optional<Descriptor.Listener> override =
                Optional.ofNullable(descriptor.listeners().get(definition.name()));
        Map<String, String> properties = new LinkedHashMap<>(definition.properties());
        override.ifPresent(listener -> properties.putAll(listener.properties()));
        properties.put("queue", override.flatMap(Descriptor.Listener::queue).orElse(annotation.queue()));
        override.flatMap(Descriptor.Listener::topic).ifPresent(topic -> properties.put("topic", topic));
        properties.replaceAll((name, value) -> Expressions.resolve(value));
        properties.remove("topic", ""); // the listener binds its queue to none
        for (String property : BATCH_PROPERTIES) {
            if (properties.containsKey(property) && !definition.signature().receivesBatches()) {
                throw new IllegalArgumentException("its property '" + property
                        + "' requires a batch listener; set @RedisQueueListener(batch = …)");
            }
        }
        Optional<String> topic = Optional.ofNullable(properties.get("topic")).map(TopicName::require);
        if (properties.get("queue").isEmpty()) {
            throw new IllegalArgumentException("it has no queue"
                    + topic.map(name -> ", which is needed to keep its messages of topic '" + name + "'")
                            .orElse("")
                    + "; set @RedisQueueListener(queue = …)");
        }
        Optional<String> sendTo = override.flatMap(Descriptor.Listener::sendTo)
                .or(definition::sendTo)
                .map(Expressions::resolve)
                .map(QueueName::require);
        if (sendTo.isPresent() && definition.method().getReturnType() == void.class) {
            throw new IllegalArgumentException(
                    "it returns void, but is configured to send its result to queue '" + sendTo.get() + "'");
        }
        Optional<String> publishTo = override.flatMap(Descriptor.Listener::publishTo)
                .or(definition::publishTo)
                .map(Expressions::resolve)
                .map(TopicName::require);
        if (publishTo.isPresent() && definition.method().getReturnType() == void.class) {
            throw new IllegalArgumentException(
                    "it returns void, but is configured to publish its result to topic '" + publishTo.get() + "'");
        }
        String connectionFactory = override.flatMap(Descriptor.Listener::connectionFactory)
                .or(() -> Optional.of(annotation.connectionFactory()).filter(name -> !name.isEmpty()))
                .or(descriptor::connectionFactory)
                .orElse("");
        return new ListenerConfiguration(
                Expressions.resolve(connectionFactory),
                override.flatMap(Descriptor.Listener::optional).orElse(annotation.optional()),
                sendTo,
                publishTo,
                properties);
    }

    String queue() {
        return Objects.requireNonNull(properties.get("queue"), "queue");
    }
}
