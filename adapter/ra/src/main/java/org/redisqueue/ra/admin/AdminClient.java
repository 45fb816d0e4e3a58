// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.protocol.QueueOperations;

/** The operations for operators in a program that does not run in an application server, such as the command line. */
public final class AdminClient implements AutoCloseable {

    private final RedisClient client;
    private final ScheduledExecutorService timer;
    private final QueueOperations operations;
    private final QueueAdmin admin;

    private AdminClient(ConnectionProperties properties) {
        client = RedisClient.acquire(properties);
        timer = Executors.newSingleThreadScheduledExecutor(new AdapterThreadFactory("redis-queue-timer"));
        operations = new QueueOperations(client, timer);
        admin = RedisQueueAdmin.of(operations);
    }

    /**
     * Creates a client. It connects to Redis when it is first used.
     *
     * @param properties the connection to Redis, which has been checked
     */
    public static AdminClient of(ConnectionProperties properties) {
        return new AdminClient(properties);
    }

    /** Returns the operations for operators. */
    public QueueAdmin admin() {
        return admin;
    }

    QueueOperations operations() {
        return operations;
    }

    /** Closes the connections and ends the threads. */
    @Override
    public void close() {
        operations.close();
        timer.shutdownNow();
        client.release();
    }
}
