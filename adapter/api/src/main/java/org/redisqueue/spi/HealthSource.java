// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import org.redisqueue.RedisQueueException;

/** Reports the health of an adapter. The connection factories of the resource adapter implement this interface. */
public interface HealthSource {

    /**
     * Returns the most recent health without blocking. The first call starts the monitoring of Redis.
     *
     * @return the health
     * @throws NotRunningException if the resource adapter is not running
     * @throws RedisQueueException if the connection properties are invalid
     */
    AdapterHealth health();
}
