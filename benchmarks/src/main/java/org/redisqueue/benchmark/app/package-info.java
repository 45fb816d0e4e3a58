// SPDX-License-Identifier: Apache-2.0
/**
 * The application that the benchmarks deploy: listeners and a servlet that controls them. It runs in the server, so it
 * must not use classes of the other packages.
 */
@NullMarked
package org.redisqueue.benchmark.app;

import org.jspecify.annotations.NullMarked;
