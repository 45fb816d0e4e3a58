// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * The options of a message to send, as {@code options.lua} reads them.
 *
 * @param delayMillis how long after its publication the message becomes due, 0 to 315,360,000,000 ms; 0 = at once
 * @param deliverAtMillis when the message becomes due, in milliseconds since 1970 by the Redis clock; 0 = at once. Only
 *     without a delay
 */
public record SendOptions(long delayMillis, long deliverAtMillis) {

    /** The options of a message that is ready at once. */
    public static final SendOptions NONE = new SendOptions(0, 0);

    /** Returns the options as JSON; empty if the message has none. */
    String json() {
        if (delayMillis > 0) {
            return "{\"delay\":" + delayMillis + "}";
        }
        return deliverAtMillis > 0 ? "{\"at\":" + deliverAtMillis + "}" : "";
    }
}
