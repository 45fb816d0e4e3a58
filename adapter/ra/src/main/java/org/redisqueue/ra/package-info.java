// SPDX-License-Identifier: Apache-2.0
/**
 * The resource adapter as the container sees it: its configuration, its start and its stop, and the activation of
 * endpoints.
 *
 * <p>This package connects the others and is the only one that knows both inbound and outbound. It must not call Redis
 * and must not contain rules of delivery or of transactions. No other package depends on it.
 */
@NullMarked
package org.redisqueue.ra;

import org.jspecify.annotations.NullMarked;
