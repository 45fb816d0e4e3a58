// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import org.redisqueue.RedisMessage;
import org.redisqueue.ra.telemetry.ListenerCall;
import org.redisqueue.ra.transaction.DeliveryConsumption;

/**
 * Delivers messages to a listener sequentially on a single thread. A transactional listener gets a separate transaction
 * for each message.
 */
interface Caller {

    /**
     * Calls the listener. Returns when its transaction, if any, has ended.
     *
     * @param telemetry to begin in the context of the application, before the listener is called
     */
    CallResult call(RedisMessage message, DeliveryConsumption delivery, ListenerCall telemetry);

    /**
     * Calls a batch listener, after excluding the messages that it cannot receive. Does not call it if none remain.
     *
     * @param telemetry to begin in the context of the application, before the listener is called
     */
    CallResult call(Batch batch, ListenerCall telemetry);

    /**
     * Returns whether a failure counts against the message if the call outlasted the drain timeout and failed after the
     * activation had ended.
     */
    default boolean countsFailuresAfterDrain() {
        return true;
    }

    /** Releases the resources of this caller. There are no further calls. */
    default void release() {}
}
