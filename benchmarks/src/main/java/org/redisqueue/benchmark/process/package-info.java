// SPDX-License-Identifier: Apache-2.0
/** The processes that take part in a benchmark, and their CPU time. Must not know what is measured. */
@NullMarked
package org.redisqueue.benchmark.process;

import org.jspecify.annotations.NullMarked;
