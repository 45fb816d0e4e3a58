// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.spi.BootstrapContext;
import java.util.concurrent.ExecutorService;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.ResourceManager;

/**
 * What an activation works with.
 *
 * @param manager the Redis that it consumes from
 * @param names what the container gets XAResources by
 * @param container gives threads and transactions
 * @param blocking runs what may block
 */
public record Inbound(
        ResourceManager manager, NamedResources names, BootstrapContext container, ExecutorService blocking) {}
