// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.net.URI;
import java.nio.file.Path;

/**
 * What an order desk is made of.
 *
 * @param home where the application server was unpacked; nothing is written there
 * @param directory what is the server's own: its configuration, its logs, and the data that stay from start to start
 * @param archive the order desk as it is deployed
 * @param httpPort the port of the page
 * @param redisUrl where Redis is
 */
public record Installation(Path home, Path directory, Path archive, int httpPort, URI redisUrl) {}
