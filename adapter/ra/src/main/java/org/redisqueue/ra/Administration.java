// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.admin.RedisQueueAdmin;
import org.redisqueue.ra.config.Configuration;
import org.redisqueue.ra.config.ConnectionProperties;
import org.redisqueue.ra.transaction.ResourceManager;

/** The Redis servers that operators use, or whose health they ask for, through one adapter. */
final class Administration {

    private final Map<Map<String, Object>, Administered> used = new ConcurrentHashMap<>();

    /** A Redis that is in use until {@link #end}. */
    record Administered(ResourceManager manager, QueueAdmin admin) {}

    /**
     * Returns the Redis with these settings.
     *
     * @param running whether the adapter is running
     */
    Administered of(ConnectionProperties connection, BooleanSupplier running) {
        Administered found =
                used.computeIfAbsent(Configuration.values(connection, ConnectionProperties.class), values -> {
                    ResourceManager manager = ResourceManager.acquire(connection);
                    return new Administered(manager, RedisQueueAdmin.of(manager.operations()));
                });
        if (!running.getAsBoolean()) { // the end may have missed it
            end();
        }
        return found;
    }

    /** Ends the use of all servers. */
    void end() {
        for (Map<String, Object> settings : List.copyOf(used.keySet())) {
            Administered ended = used.remove(settings);
            if (ended != null) {
                ended.manager().release();
            }
        }
    }
}
