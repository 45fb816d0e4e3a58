// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import java.net.URI;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.config.ConnectionSettings;

/** The attributes of spans and metrics, as defined by the semantic conventions for messaging. */
final class MessagingAttributes {

    static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
    static final AttributeKey<String> OPERATION_TYPE = AttributeKey.stringKey("messaging.operation.type");
    static final AttributeKey<String> OPERATION_NAME = AttributeKey.stringKey("messaging.operation.name");
    static final AttributeKey<String> DESTINATION = AttributeKey.stringKey("messaging.destination.name");
    static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
    static final AttributeKey<Long> BATCH = AttributeKey.longKey("messaging.batch.message_count");
    static final AttributeKey<Long> DELIVERY_COUNT =
            AttributeKey.longKey("messaging.redis_queue.message.delivery_count");
    static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("messaging.redis_queue.delivery.outcome");
    static final AttributeKey<String> ERROR_TYPE = AttributeKey.stringKey("error.type");
    private static final AttributeKey<String> SERVER_ADDRESS = AttributeKey.stringKey("server.address");
    private static final AttributeKey<Long> SERVER_PORT = AttributeKey.longKey("server.port");

    private static final int DEFAULT_PORT = 6379;

    private final Attributes server;

    MessagingAttributes(RedisClient client) {
        AttributesBuilder attributes = Attributes.builder().put(SYSTEM, "redis_queue");
        putAddress(attributes, client.settings());
        this.server = attributes.build();
    }

    /** Adds the address of Redis, unless there are several or they are in a Redisson file. */
    private static void putAddress(AttributesBuilder attributes, ConnectionSettings settings) {
        if (settings.getRedissonYaml() != null || !settings.getMode().equals("single")) {
            return;
        }
        try {
            URI address = URI.create(settings.getAddresses().trim());
            if (address.getHost() != null) {
                attributes.put(SERVER_ADDRESS, address.getHost());
                attributes.put(SERVER_PORT, (long) (address.getPort() < 0 ? DEFAULT_PORT : address.getPort()));
            }
        } catch (IllegalArgumentException e) {
            // Redisson accepts addresses that are not URIs, such as host names with an underscore.
        }
    }

    /** Returns the attributes of an operation that spans and metrics share. */
    Attributes of(String queue, String type, String name) {
        return server.toBuilder()
                .put(DESTINATION, queue)
                .put(OPERATION_TYPE, type)
                .put(OPERATION_NAME, name)
                .build();
    }

    /** Returns the attributes of a queue. */
    Attributes of(String queue) {
        return server.toBuilder().put(DESTINATION, queue).build();
    }

    /** Returns the attributes of an operation that failed. */
    static Attributes failed(Attributes attributes, String errorType) {
        return attributes.toBuilder().put(ERROR_TYPE, errorType).build();
    }
}
