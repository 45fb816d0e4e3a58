// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who has claimed a message.
 *
 * @param server the id of the server, as in {@link ServerStatus#id}; null if the consumer is not an adapter
 * @param host the host name of the server; null if its heartbeat is unknown
 * @param listener the name of the listener; null if the message was received over a connection or the listener is
 *     unknown
 * @param since when the message was claimed; null if unknown
 */
public record Holder(
        @Nullable String server,
        @Nullable String host,
        @Nullable String listener,
        @Nullable Instant since) {}
