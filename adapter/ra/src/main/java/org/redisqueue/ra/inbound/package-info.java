// SPDX-License-Identifier: Apache-2.0
/**
 * Message-driven beans and other listeners: activations, the dispatchers that claim messages, and the workers that
 * deliver them.
 *
 * <p>A dispatcher decides when to claim and how much; a worker delivers one message after another; a settler
 * carries out what the state of the branch decides for each.
 *
 * <p>The package must not write to Redis except through the operations of {@code protocol}, must not block the threads
 * of Redis or of the timer, and must not call beans on threads other than those of the container. It must not depend on
 * {@code outbound}.
 */
@NullMarked
package org.redisqueue.ra.inbound;

import org.jspecify.annotations.NullMarked;
