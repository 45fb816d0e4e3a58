// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.observer;

import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.RedeliveryResult;

/** Reports to an observer what happened to a message whose delivery failed. */
public final class RedeliveryEvents {

    private RedeliveryEvents() {}

    /**
     * @param nanos duration of the delivery, in nanoseconds
     * @param delayMillis redelivery delay, in milliseconds
     * @param reason why the delivery failed
     */
    public static void report(
            DeliveryObserver observer,
            ClaimedMessage message,
            RedeliveryResult result,
            long nanos,
            long delayMillis,
            String reason) {
        switch (result) {
            case DEAD -> observer.deadLettered(message, nanos, reason);
            case LOST -> observer.abandoned(message, nanos);
            case WAITING -> observer.redelivered(message, nanos, delayMillis, reason);
        }
    }
}
