// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.internal.PrintableText;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.DeliveryConsumption;
import org.redisqueue.spi.UnreadableMessageException;

/**
 * The messages of one call of a batch listener. Until the delivery begins, messages that the listener cannot receive are
 * excluded.
 *
 * <p>Not thread-safe.
 */
final class Batch {

    private final Map<ClaimedMessage, RedisMessage> messages = new LinkedHashMap<>();
    private final Map<ClaimedMessage, String> excluded = new LinkedHashMap<>();
    private final Function<List<Lease>, DeliveryConsumption> consumptions;
    private @Nullable DeliveryConsumption delivery;

    /** @param consumptions creates the consumption of the messages with these leases */
    Batch(Function<List<Lease>, DeliveryConsumption> consumptions) {
        this.consumptions = consumptions;
    }

    void add(ClaimedMessage message, RedisMessage content) {
        messages.put(message, content);
    }

    /** Excludes a message that is not a valid message. */
    void exclude(ClaimedMessage message, @Nullable String reason) {
        messages.remove(message);
        excluded.put(message, PrintableText.of(reason));
    }

    /**
     * Excludes a message that the listener cannot receive.
     *
     * @throws IllegalArgumentException if the batch does not contain it
     * @throws IllegalStateException if the delivery has begun
     */
    void exclude(RedisMessage content, UnreadableMessageException reason) {
        if (delivery != null) {
            throw new IllegalStateException("The delivery of the batch has begun.");
        }
        ClaimedMessage message = messages.entrySet().stream()
                .filter(entry -> entry.getValue() == content)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("The batch does not contain message " + content));
        exclude(message, reason.getMessage());
    }

    /** Returns the claimed messages that are not excluded. */
    List<ClaimedMessage> claimed() {
        return List.copyOf(messages.keySet());
    }

    /** Returns the messages that are not excluded, as the application sees them. */
    List<RedisMessage> contents() {
        return new ArrayList<>(messages.values());
    }

    /** Returns the reasons why messages are excluded. */
    Map<ClaimedMessage, String> excluded() {
        return excluded;
    }

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** Returns the consumption of all messages that are not excluded by now. */
    DeliveryConsumption delivery() {
        if (delivery == null) {
            delivery = consumptions.apply(
                    messages.keySet().stream().map(ClaimedMessage::lease).toList());
        }
        return delivery;
    }

    /** @see DeliveryConsumption#end */
    Branch.State end() {
        return delivery == null ? Branch.State.ROLLED_BACK : delivery.end();
    }
}
