// SPDX-License-Identifier: Apache-2.0
/**
 * Runs the selected benchmarks and reports their measurements. This package must not contain what is measured: that is
 * in the packages below.
 */
@NullMarked
package org.redisqueue.benchmark;

import org.jspecify.annotations.NullMarked;
