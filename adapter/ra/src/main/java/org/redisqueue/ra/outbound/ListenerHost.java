// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import java.util.Map;
import org.redisqueue.RedisQueueException;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.transaction.ResourceManager;
import org.redisqueue.spi.AdapterHealth;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerEndpoint;

/** The part of the resource adapter that connection factories use. */
public interface ListenerHost {

    /**
     * Activates a listener.
     *
     * @param connection the connection to Redis, as configured for the connection factory
     * @throws RedisQueueException if a property is invalid; names the property and the reason
     * @throws org.redisqueue.spi.NotRunningException if the adapter is not running
     * @see org.redisqueue.spi.ListenerActivator#activate
     */
    ListenerActivation activate(
            ConnectionProperties connection,
            String listener,
            Map<String, String> properties,
            boolean transacted,
            boolean paused,
            ListenerEndpoint endpoint);

    /**
     * Returns the operations for operators on a Redis. They can be used until the adapter stops.
     *
     * @throws RedisQueueException if the adapter is not running
     */
    QueueAdmin admin(ConnectionProperties connection);

    /**
     * Returns the health of the adapter and of a Redis.
     *
     * @throws org.redisqueue.spi.NotRunningException if the adapter is not running
     * @see org.redisqueue.spi.HealthSource#health
     */
    AdapterHealth health(ConnectionProperties connection);

    /** Records that a connection to a Redis was created. Each call requires one call of {@link #leave}. */
    void join(ResourceManager manager);

    /** Records that a connection to a Redis has ended. */
    void leave(ResourceManager manager);

    /** Returns the observer of the messages that connections receive. Its methods do not throw. */
    DeliveryObserver observer();
}
