// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The result of a claim.
 *
 * @param paused whether the queue is paused; if so, nothing was claimed
 * @param dueInMillis time until the next entry of processing is due or, unless others take care of it, the next scheduled
 *     message, in milliseconds; empty if none of them will become due
 * @param messages the claimed messages, in the order of delivery
 * @param gone the ids of messages that no longer exist
 * @param deadLettered why messages were dead-lettered, by message id
 * @param expired number of expired messages that were dropped
 * @param cutShort whether the claim ended because it reached its byte limit, so that more messages are available
 * @param more whether there may be more to claim; if so, the consumer must not wait, because no message would wake it
 * @param limits how the limits of the queue restrict the next claims
 */
public record ClaimResult(
        boolean paused,
        OptionalLong dueInMillis,
        List<ClaimedMessage> messages,
        List<String> gone,
        Map<String, String> deadLettered,
        int expired,
        boolean cutShort,
        boolean more,
        ClaimLimits limits) {

    /** The same result with these messages. */
    ClaimResult withMessages(List<ClaimedMessage> others) {
        return new ClaimResult(paused, dueInMillis, others, gone, deadLettered, expired, cutShort, more, limits);
    }

    /** The number of messages that the claim found, including those that cannot be delivered. */
    public int found() {
        return messages.size() + gone.size() + deadLettered.size() + expired;
    }

    /**
     * Whether a further claim may find more messages, so that the consumer must not wait for the next one.
     *
     * @param limit the number of messages that were requested
     */
    public boolean isUnfinished(int limit) {
        return more || found() >= limit || limits.isReached();
    }

    /** Whether the limits of the queue did not permit any message. */
    public boolean isRefused() {
        return limits.isReached() && found() == 0;
    }

    /** The claimed messages other than these, in the order of delivery. */
    public List<ClaimedMessage> messagesWithout(List<ClaimedMessage> others) {
        return others.size() == messages.size()
                ? List.of()
                : messages.stream().filter(message -> !others.contains(message)).toList();
    }

    /** The total size of the claimed messages, in bytes. */
    public long bytes() {
        return messages.stream().mapToLong(message -> message.value().length).sum();
    }
}
