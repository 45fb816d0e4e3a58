// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.OptionalLong;

/**
 * The result of passing a wake-up on.
 *
 * @param work whether there are messages to claim
 * @param dueInMillis time until the next message is due that is not due yet, in milliseconds; empty if there is none
 */
public record PassOnResult(boolean work, OptionalLong dueInMillis) {}
