// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import java.util.Map;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerEndpoint;

/** The resource adapter, as its connection factories activate listeners with it. */
public interface ListenerHost {

    /**
     * Begins to deliver.
     *
     * @param connection how the listener's messages are got: as the connection factory is configured
     * @throws RedisQueueException if a property is wrong, saying which and why
     * @throws org.redisqueue.spi.NotRunningException if the adapter does not run
     * @see org.redisqueue.spi.ListenerActivator#activate
     */
    ListenerActivation activate(
            ConnectionProperties connection,
            String listener,
            Map<String, String> properties,
            boolean transacted,
            boolean paused,
            ListenerEndpoint endpoint);
}
