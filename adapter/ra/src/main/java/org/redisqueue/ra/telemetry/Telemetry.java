// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import java.util.List;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.QueueOperations;

/**
 * Reports the messages of one Redis to OpenTelemetry, if the application server provides it. Telemetry never affects
 * deliveries: its methods do not throw.
 */
public interface Telemetry {

    /** Reports nothing. */
    Telemetry NONE = new Telemetry() {};

    /** Returns the telemetry of a Redis. All users of the client share it. */
    static Telemetry of(RedisClient client, QueueOperations operations) {
        return client.companion(
                Telemetry.class, created -> TelemetryFactory.create(created, operations), Telemetry::close);
    }

    /** Returns the observer that reports how deliveries end. */
    default DeliveryObserver observer() {
        return NoObserver.INSTANCE;
    }

    /** Creates the telemetry of a delivery to a listener, which will be called on this thread. */
    default ListenerCall call(ClaimedMessage message, RedisMessage content) {
        return ListenerCall.NONE;
    }

    /** Creates the telemetry of a delivery of a batch to a listener, which will be called on this thread. */
    default BatchCall batch(List<RedisMessage> messages) {
        return BatchCall.NONE;
    }

    /**
     * Begins to report a send operation.
     *
     * @param messages number of messages to send
     */
    default SendOperation send(String queue, int messages) {
        return SendOperation.NONE;
    }

    /**
     * Begins to report an operation that publishes to a topic.
     *
     * @param messages number of messages to publish
     */
    default SendOperation publish(String topic, int messages) {
        return SendOperation.NONE;
    }

    /** Begins to report a receive operation. */
    default ReceiveOperation receive(String queue) {
        return ReceiveOperation.NONE;
    }

    /** Ends the reports. */
    default void close() {}
}
