// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.transaction.Delivery;
import org.redisqueue.ra.transaction.DeliveryConsumer;
import org.redisqueue.spi.ListenerEndpoint;
import org.redisqueue.spi.UnreadableMessageException;

/** Calls a listener of an extension, which begins the transaction and makes the delivery part of it. */
final class ListenerEndpointCaller implements Caller {

    private final ListenerEndpoint endpoint;

    ListenerEndpointCaller(ListenerEndpoint endpoint) {
        this.endpoint = endpoint;
    }

    @Override
    public Outcome call(RedisMessage message, Delivery delivery) {
        Begun begun = new Begun(message, delivery);
        try {
            endpoint.deliver(begun);
            return begun.outcome(null);
        } catch (UnreadableMessageException e) {
            return begun.begun ? begun.outcome(e) : Outcome.unreadable(e);
        } catch (Throwable e) {
            return begun.outcome(e);
        }
    }

    /** Notes whether the listener was called. */
    private static final class Begun implements org.redisqueue.spi.Delivery {

        private final RedisMessage message;
        private final Delivery delivery;
        private boolean begun;

        private Begun(RedisMessage message, Delivery delivery) {
            this.message = message;
            this.delivery = delivery;
        }

        @Override
        public RedisMessage message() {
            return message;
        }

        @Override
        public void begin(RedisQueueConnection connection) {
            if (!(connection instanceof DeliveryConsumer consumer)) {
                throw new RedisQueueException("RQ-121 " + connection + " is not a connection of this resource adapter");
            }
            consumer.consume(delivery);
            begun = true;
        }

        @Override
        public void begin() {
            begun = true;
        }

        private Outcome outcome(Throwable thrown) {
            return new Outcome(begun ? Outcome.Kind.CALLED : Outcome.Kind.REFUSED, thrown, null);
        }
    }
}
