// SPDX-License-Identifier: Apache-2.0
/** Metrics for Prometheus. */
@NullMarked
package org.redisqueue.console.metrics;

import org.jspecify.annotations.NullMarked;
