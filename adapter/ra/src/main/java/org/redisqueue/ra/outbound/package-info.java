// SPDX-License-Identifier: Apache-2.0
/**
 * Connections with which applications send and receive messages, pooled by the container (Jakarta Connectors 2.1,
 * chapter 6), and their local transactions (7.7).
 *
 * <p>A managed connection owns no socket: all connections with equal settings share one Redis client. Work in a
 * transaction is added to the transaction's branch and has no effect before the commit.
 *
 * <p>The package must not decide the outcome of a transaction, and must not depend on {@code inbound}. It activates
 * listeners through {@link org.redisqueue.ra.outbound.ListenerHost}.
 */
@NullMarked
package org.redisqueue.ra.outbound;

import org.jspecify.annotations.NullMarked;
