// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.server;

import java.nio.file.Path;
import org.redisqueue.launchers.redis.RedisAddress;

/**
 * The files and addresses with which the order desk is set up on a server.
 *
 * @param home the directory, or the JAR, of the installed application server; it remains unchanged
 * @param directory where the server keeps its configuration, its logs, and the data that survives a restart
 * @param archive the order desk
 * @param httpPort the port of the page
 * @param redis how the adapter connects to Redis
 */
public record Installation(Path home, Path directory, Path archive, int httpPort, RedisAddress redis) {}
