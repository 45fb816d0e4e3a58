// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.protocol.ClaimedMessage;

/** Counts the messages that applications receive over connections. */
final class ReceiveStatistics implements DeliveryObserver {

    private final DeliveryCounts counts;

    ReceiveStatistics(DeliveryCounts counts) {
        this.counts = counts;
    }

    @Override
    public void acknowledged(ClaimedMessage message, long processingNanos, @Nullable String thrown) {
        counts.delivered(message.lease().queue());
    }

    @Override
    public void redelivered(ClaimedMessage message, long processingNanos, long delayMillis, String reason) {
        counts.failed(message.lease().queue());
    }

    @Override
    public void deadLettered(ClaimedMessage message, long processingNanos, String reason) {
        counts.failed(message.lease().queue());
    }
}
