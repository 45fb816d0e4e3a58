// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
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
        return deliver(new Single(message, delivery, telemetry));
    }

    @Override
    public CallResult call(Batch batch, ListenerCall telemetry) {
        Several begun = new Several(batch, telemetry);
        CallResult result = result(begun);
        return batch.isEmpty() ? new CallResult(CallResult.Kind.CALLED, null, null) : reported(begun, result);
    }

    /**
     * Returns false: once the activation has ended, the application is gone, and with it the code that ends its
     * transactions.
     */
    @Override
    public boolean countsFailuresAfterDrain() {
        return false;
    }

    private CallResult deliver(Begun begun) {
        return reported(begun, result(begun));
    }

    /** Logs why a delivery could not begin. */
    private CallResult reported(Begun begun, CallResult result) {
        String reason = result.kind() == CallResult.Kind.REFUSED ? result.reason() : null;
        if (!Objects.equals(refusal.getAndSet(reason), reason) && reason != null) {
            LogMessage.NOT_BEGUN.log(queue, begun.message().id(), reason);
        }
        return result;
    }

    private CallResult result(Begun begun) {
        try {
            return begun.result(endpoint.deliver(begun));
        } catch (Throwable e) {
            return begun.result(DeliveryResult.failed(e));
        }
    }

    /** Records whether the listener was called. */
    private abstract static class Begun implements Delivery {

        private final ListenerCall telemetry;
        private boolean begun;

        private Begun(ListenerCall telemetry) {
            this.telemetry = telemetry;
        }

        abstract DeliveryConsumption consumption();

        final boolean hasBegun() {
            return begun;
        }

        @Override
        public void begin(RedisQueueConnection connection) {
            if (!(connection instanceof DeliveryConsumer consumer)) {
                throw new RedisQueueException(
                        "RQ-121 Connection '" + connection + "' does not belong to this resource adapter.");
            }
            consumer.consume(consumption());
            begin();
        }

        @Override
        public void begin() {
            begun = true;
            telemetry.begin();
        }

        CallResult result(DeliveryResult result) {
            Throwable thrown = result.thrown().orElse(null);
            if (!begun && thrown instanceof UnreadableMessageException) {
                return CallResult.unreadable(thrown);
            }
            return new CallResult(begun ? CallResult.Kind.CALLED : CallResult.Kind.REFUSED, thrown, null);
        }
    }

    /** The delivery of one message. */
    private static final class Single extends Begun {

        private final RedisMessage message;
        private final DeliveryConsumption delivery;

        private Single(RedisMessage message, DeliveryConsumption delivery, ListenerCall telemetry) {
            super(telemetry);
            this.message = message;
            this.delivery = delivery;
        }

        @Override
        public RedisMessage message() {
            return message;
        }

        @Override
        DeliveryConsumption consumption() {
            return delivery;
        }
    }

    /** The delivery of a batch. */
    private static final class Several extends Begun {

        private final Batch batch;
        private final RedisMessage first;

        private Several(Batch batch, ListenerCall telemetry) {
            super(telemetry);
            this.batch = batch;
            this.first = batch.contents().get(0);
        }

        @Override
        public RedisMessage message() {
            return first;
        }

        @Override
        public List<RedisMessage> messages() {
            return batch.contents();
        }

        @Override
        public void exclude(RedisMessage message, UnreadableMessageException reason) {
            if (hasBegun()) {
                throw new IllegalStateException("The delivery of the batch has begun.");
            }
            batch.exclude(message, reason);
        }

        @Override
        DeliveryConsumption consumption() {
            return batch.delivery();
        }
    }
}
