// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.spi.BootstrapContext;
import java.util.concurrent.ExecutorService;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.ResourceManager;

/**
 * The services that an activation uses.
 *
 * @param manager the resource manager of the Redis deployment to consume from
 * @param names gives the container XAResources that carry the name of their Redis deployment
 * @param container provides threads and transactions
 * @param blocking runs tasks that may block
 * @param observer observes the deliveries; must not throw
 */
public record Inbound(
        ResourceManager manager,
        NamedResources names,
        BootstrapContext container,
        ExecutorService blocking,
        DeliveryObserver observer) {

    /** Returns the same services for consuming from a different Redis deployment. */
    public Inbound with(ResourceManager other) {
        return new Inbound(other, names, container, blocking, observer);
    }
}
