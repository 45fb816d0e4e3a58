// SPDX-License-Identifier: Apache-2.0
/**
 * Sending, claiming and acknowledging without an application server, with the adapter and with other implementations of
 * a queue. Must not use an application server or another broker.
 */
@NullMarked
package org.redisqueue.benchmark.cycle;

import org.jspecify.annotations.NullMarked;
