// SPDX-License-Identifier: Apache-2.0
/** The adapter on different deployments of Redis, and with many servers and queues. Needs no application server. */
@NullMarked
package org.redisqueue.benchmark.scale;

import org.jspecify.annotations.NullMarked;
