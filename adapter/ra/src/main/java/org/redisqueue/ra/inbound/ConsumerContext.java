// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.protocol.Leases;

/**
 * The settings and services that the parts of a dispatcher share.
 *
 * @param connection the settings of the connection to Redis
 * @param calls the calls to Redis
 * @param mayDeliver whether messages may be claimed; does not block while Redis is connected
 * @param leases the leases of the claimed messages
 * @param timer runs tasks that do not block
 * @param blocking runs tasks that may block
 * @param observer observes the deliveries; does not throw
 * @param failures reports unexpected failures
 */
record ConsumerContext(
        String queue,
        ConnectionSettings connection,
        QueueCalls calls,
        BooleanSupplier mayDeliver,
        Leases leases,
        ScheduledExecutorService timer,
        Executor blocking,
        DeliveryObserver observer,
        UnexpectedFailures failures) {}
