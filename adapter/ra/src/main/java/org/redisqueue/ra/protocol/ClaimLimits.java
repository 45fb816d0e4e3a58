// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Map;

/**
 * How the limits of a queue restrict the next claims.
 *
 * @param limited whether the queue has limits
 * @param restMillis time during which the rate limit permits no message, 0 to 1,000 ms; it may be longer, so that the
 *     consumer asks again then
 * @param full whether consumers hold as many messages as the queue permits
 * @param invalid settings that are invalid and count as the strictest limit, with their values
 */
public record ClaimLimits(boolean limited, long restMillis, boolean full, Map<String, String> invalid) {

    /** The queue has no limits. */
    public static final ClaimLimits NONE = new ClaimLimits(false, 0, false, Map.of());

    /** Returns whether a further claim would get no messages now. */
    public boolean isReached() {
        return full || restMillis > 0;
    }
}
