// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import org.redisqueue.RedisMessage;
import org.redisqueue.ra.transaction.Delivery;

/** Calls a listener on one thread, with one message after the other, each in a transaction of its own if it has any. */
interface Caller {

    /** Calls the listener; returns when its transaction has ended. */
    Outcome call(RedisMessage message, Delivery delivery);

    /**
     * Whether a failure says anything of the message that comes after the end of the activation, from a call that has
     * outlasted the draining.
     */
    default boolean failsByItselfAfterTheEnd() {
        return true;
    }

    /** There are no more calls. */
    default void release() {}
}
