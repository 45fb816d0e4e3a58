// SPDX-License-Identifier: Apache-2.0
/** The console. */
package org.redisqueue.it.console;
