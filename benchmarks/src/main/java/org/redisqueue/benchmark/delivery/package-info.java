// SPDX-License-Identifier: Apache-2.0
/**
 * Deliveries to the beans of an application server, from Redis and from Artemis. Reaches the adapter only through its
 * public API and its configuration, as users do, and must not use its internal classes.
 */
@NullMarked
package org.redisqueue.benchmark.delivery;

import org.jspecify.annotations.NullMarked;
