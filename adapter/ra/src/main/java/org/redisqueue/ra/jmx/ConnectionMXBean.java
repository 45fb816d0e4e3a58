// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import org.jspecify.annotations.Nullable;

/** The connection of this process to one Redis deployment. */
@Description("The connection of this process to one Redis deployment")
public interface ConnectionMXBean {

    @Description("Redis deployment: mode, addresses, database and key prefix")
    String getRedis();

    @Description("Addresses as configured, without credentials; or the path of the Redisson configuration file")
    String getAddresses();

    @Description("Whether the connection is established and no listener has lost it")
    boolean isConnected();

    @Description("When a listener last lost the connection; null if none has")
    @Nullable
    Date getLastLoss();

    @Description("Why the connection was last lost; null if it was not")
    @Nullable
    String getLastLossReason();

    @Description("Product and version of the server when the connection was established, such as Redis 7.0.15 or Valkey"
            + " 8.1.1; null if it was not")
    @Nullable
    String getRedisVersion();

    @Description("Messages that this process has not sent because other messages have their deduplication keys")
    long getDeduplicatedMessages();

    @Description("Name of the connections in the list of clients of Redis")
    String getClientName();

    @Description("Maximum number of connections to each Redis server")
    int getPoolSize();

    @Description("Number of connections to each Redis server that are kept open")
    int getMinimumIdle();

    @Description("Messages that this process has published to topics without bindings, which were not sent anywhere")
    long getUnroutedMessages();
}
