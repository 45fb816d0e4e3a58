// SPDX-License-Identifier: Apache-2.0
/** The processes that take part in a benchmark, and their CPU time. Must not know what is measured. */
package org.redisqueue.benchmark.process;
