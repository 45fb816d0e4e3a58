// SPDX-License-Identifier: Apache-2.0
/**
 * The messages that the adapter writes to the server log. Each has an id that stays the same in all versions, under
 * which the documentation lists the remedy.
 *
 * <p>The package limits how often a message is repeated, and makes arguments printable. It must not depend on any other
 * package of the adapter, and its messages must not contain secrets or the bodies of messages. No other package writes
 * to the log.
 */
@NullMarked
package org.redisqueue.ra.log;

import org.jspecify.annotations.NullMarked;
