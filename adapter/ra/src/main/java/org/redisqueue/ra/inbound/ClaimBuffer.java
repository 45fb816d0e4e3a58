// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.ClaimedMessage;

/**
 * The claimed messages that wait for a worker, in the order of delivery.
 *
 * <p>Not thread-safe.
 */
final class ClaimBuffer {

    private final Deque<ClaimedMessage> messages = new ArrayDeque<>();
    private List<ClaimedMessage> unusable = List.of();
    private long bytes;

    int size() {
        return messages.size();
    }

    /** Returns the total size of the waiting messages, in bytes. */
    long bytes() {
        return bytes;
    }

    void add(List<ClaimedMessage> claimed) {
        messages.addAll(claimed);
        for (ClaimedMessage message : claimed) {
            bytes += message.value().length;
        }
    }

    /**
     * Removes and returns the first message that no other consumer can have claimed. Sets the messages before it aside,
     * for {@link #takeUnusable}.
     *
     * @param now the current {@link System#nanoTime}
     * @return null if there is no such message
     */
    @Nullable
    ClaimedMessage poll(long now) {
        ClaimedMessage first = messages.poll();
        while (first != null) {
            bytes -= first.value().length;
            if (!first.lease().isLost() && first.lease().isCertainAt(now)) {
                return first;
            }
            if (unusable.isEmpty()) {
                unusable = new ArrayList<>();
            }
            unusable.add(first);
            first = messages.poll();
        }
        return null;
    }

    /** Removes and returns the messages that {@link #poll} has set aside because their lease is lost or may be. */
    List<ClaimedMessage> takeUnusable() {
        List<ClaimedMessage> taken = unusable;
        unusable = List.of();
        return taken;
    }

    /** Removes and returns all waiting messages. */
    List<ClaimedMessage> clear() {
        List<ClaimedMessage> removed = List.copyOf(messages);
        messages.clear();
        bytes = 0;
        return removed;
    }
}
