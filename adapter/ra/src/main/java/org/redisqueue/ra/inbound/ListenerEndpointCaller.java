// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.telemetry.ListenerCall;
import org.redisqueue.ra.transaction.DeliveryConsumer;
import org.redisqueue.ra.transaction.DeliveryConsumption;
import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.ListenerEndpoint;
import org.redisqueue.spi.UnreadableMessageException;

/**
 * Calls a listener through an extension, which begins the transaction and adds the delivery to it. All threads share
 * one instance.
 */
final class ListenerEndpointCaller implements Caller {

    private final String queue;
    private final ListenerEndpoint endpoint;
    private final AtomicReference<String> refusal = new AtomicReference<>();

    ListenerEndpointCaller(String queue, ListenerEndpoint endpoint) {
        this.queue = queue;
        this.endpoint = endpoint;
    }

    @Override
    public CallResult call(RedisMessage message, DeliveryConsumption delivery, ListenerCall telemetry) {
        CallResult result = deliver(message, delivery, telemetry);
        String reason = result.kind() == CallResult.Kind.REFUSED ? result.reason() : null;
        if (!Objects.equals(refusal.getAndSet(reason), reason) && reason != null) {
            LogMessage.NOT_BEGUN.log(queue, message.id(), reason);
        }
        return result;
    }

    /**
     * Returns false: once the activation has ended, the application is gone, and with it the code that ends its
     * transactions.
     */
    @Override
    public boolean countsFailuresAfterDrain() {
        return false;
    }

    private CallResult deliver(RedisMessage message, DeliveryConsumption delivery, ListenerCall telemetry) {
        Begun begun = new Begun(message, delivery, telemetry);
        try {
            return begun.result(endpoint.deliver(begun));
        } catch (Throwable e) {
            return begun.result(DeliveryResult.failed(e));
        }
    }

    /** Records whether the listener was called. */
    private static final class Begun implements Delivery {

        private final RedisMessage message;
        private final DeliveryConsumption delivery;
        private final ListenerCall telemetry;
        private boolean begun;

        private Begun(RedisMessage message, DeliveryConsumption delivery, ListenerCall telemetry) {
            this.message = message;
            this.delivery = delivery;
            this.telemetry = telemetry;
        }

        @Override
        public RedisMessage message() {
            return message;
        }

        @Override
        public void begin(RedisQueueConnection connection) {
            if (!(connection instanceof DeliveryConsumer consumer)) {
                throw new RedisQueueException(
                        "RQ-121 Connection '" + connection + "' does not belong to this resource adapter.");
            }
            consumer.consume(delivery);
            begin();
        }

        @Override
        public void begin() {
            begun = true;
            telemetry.begin();
        }

        private CallResult result(DeliveryResult result) {
            Throwable thrown = result.thrown().orElse(null);
            if (!begun && thrown instanceof UnreadableMessageException) {
                return CallResult.unreadable(thrown);
            }
            return new CallResult(begun ? CallResult.Kind.CALLED : CallResult.Kind.REFUSED, thrown, null);
        }
    }
}
