// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The server and the listener that have claimed a message, as far as they are known.
 *
 * @param server the id of the server, as in {@link ServerStatus#id}; null if the consumer is not a resource adapter
 * @param host the host name of the server; null if the server has sent no heartbeat
 * @param listener the name of the listener; null if the message was received with a connection, or if the
 *     listener is unknown
 * @param since when the message was claimed; null if unknown
 */
public record Holder(
        @Nullable String server,
        @Nullable String host,
        @Nullable String listener,
        @Nullable Instant since) {}
