// SPDX-License-Identifier: Apache-2.0
/**
 * The command line for operators. Each command parses its arguments, calls {@link org.redisqueue.admin.QueueAdmin} and
 * prints the result. It must not access Redis in any other way.
 */
@NullMarked
package org.redisqueue.cli;

import org.jspecify.annotations.NullMarked;
