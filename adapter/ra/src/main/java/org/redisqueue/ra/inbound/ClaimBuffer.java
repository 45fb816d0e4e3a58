// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
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
    private int abandoned;

    int size() {
        return messages.size();
    }

    /** Returns the total size of the waiting messages, in bytes. */
    long bytes() {
        return bytes;
    }

    /** Adds messages: all of them, or none if memory is exhausted. */
    void add(List<ClaimedMessage> claimed) {
        int before = messages.size();
        try {
            for (ClaimedMessage message : claimed) {
                messages.addLast(message);
            }
        } catch (RuntimeException | Error e) {
            while (messages.size() > before) {
                messages.removeLast();
            }
            throw e;
        }
        for (int i = 0; i < claimed.size(); i++) {
            bytes += claimed.get(i).value().length;
            abandoned += wasAbandoned(claimed.get(i)) ? 1 : 0;
        }
    }

    /**
     * Removes and returns the first message that no other consumer can have claimed. Sets the messages before it aside,
     * for {@link #takeUnusable}. Allocates nothing after a message has left the buffer, because memory may be exhausted.
     *
     * @param now the current {@link System#nanoTime}
     * @return null if there is no such message
     */
    @Nullable
    ClaimedMessage poll(long now) {
        ClaimedMessage first = messages.peek();
        while (first != null && !isUsable(first, now)) {
            setAside(first);
            removeFirst();
            first = messages.peek();
        }
        if (first != null) {
            removeFirst();
        }
        return first;
    }

    /**
     * Removes and returns the messages of a batch. A message that was abandoned before is returned alone, because it may
     * have crashed the JVM. Allocates nothing after a message has left the buffer, because memory may be
     * exhausted.
     *
     * @param now the current {@link System#nanoTime}
     * @param limit maximum number of messages
     */
    List<ClaimedMessage> pollBatch(long now, int limit) {
        List<ClaimedMessage> batch = new ArrayList<>(Math.min(limit, messages.size()));
        long size = 0;
        Iterator<ClaimedMessage> waiting = messages.iterator();
        while (waiting.hasNext() && batch.size() < limit) {
            ClaimedMessage next = waiting.next();
            if (!isUsable(next, now)) {
                setAside(next);
                waiting.remove();
                removed(next);
                continue;
            }
            boolean alone = wasAbandoned(next);
            size += next.value().length;
            if (!batch.isEmpty() && (alone || size > ClaimBudget.MAX_BYTES)) {
                break;
            }
            batch.add(next);
            if (alone) {
                break;
            }
        }
        for (int i = 0; i < batch.size(); i++) {
            removeFirst();
        }
        return batch;
    }

    private static boolean isUsable(ClaimedMessage message, long now) {
        return !message.lease().isLost() && message.lease().isCertainAt(now);
    }

    private void setAside(ClaimedMessage message) {
        if (unusable.isEmpty()) {
            unusable = new ArrayList<>();
        }
        unusable.add(message);
    }

    private void removeFirst() {
        removed(messages.removeFirst());
    }

    private void removed(ClaimedMessage message) {
        bytes -= message.value().length;
        abandoned -= wasAbandoned(message) ? 1 : 0;
    }

    private static boolean wasAbandoned(ClaimedMessage message) {
        return message.abandoned() > 0;
    }

    /** Returns whether a message was abandoned before, so that it is delivered alone. */
    boolean hasAbandoned() {
        return abandoned > 0;
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
        abandoned = 0;
        return removed;
    }
}
