// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.ClaimedMessage;

/**
 * The failure of a delivery.
 *
 * @param last whether the message becomes a dead letter if the failure counts
 * @param delayMillis redelivery delay if the failure counts, in milliseconds
 * @param reason why the delivery failed
 * @param nanos duration of the delivery, in nanoseconds
 * @param count counts the failure; its argument is passed to {@link OutageGuard#counted} when this is done
 */
record Failure(
        ClaimedMessage message,
        boolean last,
        long delayMillis,
        String reason,
        long nanos,
        Consumer<@Nullable FailedMessage> count) {}
