// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;

/** Ends the spans of deliveries with their outcomes. */
final class DeliveryOutcomes implements DeliveryObserver {

    private final Map<Lease, Consumed> consumed;

    /** @param consumed the messages whose deliveries are reported; they are removed when their deliveries end */
    DeliveryOutcomes(Map<Lease, Consumed> consumed) {
        this.consumed = consumed;
    }

    @Override
    public void acknowledged(ClaimedMessage message, long processingNanos, @Nullable String thrown) {
        end(message, delivery -> delivery.acknowledged(processingNanos));
    }

    @Override
    public void redelivered(ClaimedMessage message, long processingNanos, long delayMillis, String reason) {
        end(message, delivery -> delivery.failed("redelivered", "redeliver", processingNanos, reason));
    }

    @Override
    public void uncounted(ClaimedMessage message, long processingNanos, String reason) {
        end(message, delivery -> delivery.failed("uncounted", "take-back", processingNanos, reason));
    }

    @Override
    public void deadLettered(ClaimedMessage message, long processingNanos, String reason) {
        end(message, delivery -> delivery.failed("dead-lettered", "dead-letter", processingNanos, reason));
    }

    @Override
    public void released(List<ClaimedMessage> messages) {
        messages.forEach(message -> end(message, delivery -> delivery.ended("released", 0)));
    }

    @Override
    public void abandoned(ClaimedMessage message, long processingNanos) {
        end(
                message,
                delivery -> delivery.endedWithError(
                        "abandoned", processingNanos, "abandoned", "The lease was lost, or the delivery failed"));
    }

    @Override
    public void inDoubt(ClaimedMessage message, long processingNanos) {
        end(message, delivery -> delivery.ended("in-doubt", processingNanos));
    }

    @Override
    public void unconfirmed(ClaimedMessage message, long processingNanos, String operation, Throwable cause) {
        end(
                message,
                delivery -> delivery.endedWithError(
                        "unconfirmed",
                        processingNanos,
                        cause.getClass().getName(),
                        "Redis did not confirm the operation " + operation));
    }

    private void end(ClaimedMessage message, Consumer<Consumed> event) {
        Consumed delivery = consumed.remove(message.lease());
        if (delivery != null) {
            event.accept(delivery);
        }
    }
}
