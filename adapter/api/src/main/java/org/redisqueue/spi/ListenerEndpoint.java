// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

/** Gets the messages of one queue, each by a call on a thread of the container's WorkManager. */
public interface ListenerEndpoint {

    /**
     * Has the listener called. Returns when its transaction, if it has one, has ended. What became of the message is told
     * by that transaction alone; without one, the message is acknowledged if this returns.
     *
     * @throws UnreadableMessageException if the message is not what the listener takes: it is a dead letter then
     * @throws Exception what the listener threw, or what kept it from being called
     */
    void deliver(Delivery delivery) throws Exception;
}
