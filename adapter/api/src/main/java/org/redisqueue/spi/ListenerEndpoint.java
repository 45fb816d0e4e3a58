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
     * message is acknowledged if this method returns normally.
     *
     * @throws UnreadableMessageException if the listener can never receive this message, which is then dead-lettered;
     *     once the delivery has begun, this exception has the same effect as any other
     * @throws Exception the exception of the listener, or the reason why the listener could not be called
     */
    void deliver(Delivery delivery) throws Exception;
}
