// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a claim found.
 *
 * @param paused whether the queue is paused; then there is nothing else
 * @param dueInMillis when the next message that is in processing falls due, if there is one that does
 * @param messages what was claimed, in the order of delivery
 * @param gone ids whose message was not there any more
 * @param buried why a message was dead-lettered, by its id
 * @param expired how many expired messages were dropped
 * @param cutShort whether the size of all messages ended the claim: there are more
 */
public record Claim(
        boolean paused,
        OptionalLong dueInMillis,
        List<ClaimedMessage> messages,
        List<String> gone,
        Map<String, String> buried,
        int expired,
        boolean cutShort) {

    /** How many messages the claim found, whatever became of them. */
    public int found() {
        return messages.size() + gone.size() + buried.size() + expired;
    }

    /** The size of the claimed messages, in bytes. */
    public long bytes() {
        return messages.stream().mapToLong(message -> message.value().length).sum();
    }
}
