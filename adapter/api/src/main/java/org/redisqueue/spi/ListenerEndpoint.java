// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

/**
 * Receives the messages of one queue. The adapter makes each call on a thread of the container's WorkManager, and
 * several calls at the same time, up to {@code maxConcurrency}.
 */
public interface ListenerEndpoint {

    /**
     * Calls the listener. Returns when the transaction of the delivery, if any, has ended.
     *
     * <p>With a transaction, only the end of that transaction determines the outcome of the delivery. Without one, the
     * message is acknowledged if the result is {@linkplain DeliveryResult#completed completed}.
     *
     * @param delivery the delivery
     * @return the result, which also reports the exceptions of the listener. If it contains an
     *     {@link UnreadableMessageException} and the delivery has not begun, the message is dead-lettered. An exception
     *     that this method throws has the same effect as a {@linkplain DeliveryResult#failed failed} result
     */
    DeliveryResult deliver(Delivery delivery);

    /** {@return whether the deliveries are batches of up to {@code batch} messages} Constant for an endpoint. */
    default boolean receivesBatches() {
        return false;
    }
}
