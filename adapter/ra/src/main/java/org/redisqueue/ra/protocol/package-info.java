// SPDX-License-Identifier: Apache-2.0
/**
 * The data in Redis and the operations on it: one method for each operation, and one script for each operation that
 * writes. {@code docs/protocol.md} specifies both.
 *
 * <p>The package also makes calls reliable: a numbered call takes effect once, its outcome is known even if a reply is
 * lost, and requests from several threads share a call.
 *
 * <p>It must not depend on JTA, listeners or the container. No other package writes to Redis. A change of keys, scripts
 * or message format must stay readable for earlier versions and for programs in other languages.
 */
@NullMarked
package org.redisqueue.ra.protocol;

import org.jspecify.annotations.NullMarked;
