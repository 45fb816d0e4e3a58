// SPDX-License-Identifier: Apache-2.0
/**
 * The application servers that the demo, the server tests and the benchmarks can start: one class for each server,
 * listed in {@link org.redisqueue.launchers.ApplicationServer}. The subpackages contain their building blocks.
 */
@NullMarked
package org.redisqueue.launchers;

import org.jspecify.annotations.NullMarked;
