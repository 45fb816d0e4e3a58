// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.internal.PrintableText;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.observer.PauseScope;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.ClaimingListener;
import org.redisqueue.ra.protocol.Lease;

/** Keeps the figures of one listener. Observes only the deliveries of this listener. */
public final class ListenerStatistics implements DeliveryObserver {

    private static final int MAX_REASON = 500;

    private final ClaimingListener listener;
    private final String queue;
    private final int concurrency;
    private final DeliveryCounts counts;
    private final ConnectionLosses losses;
    private final Map<Lease, Long> active = new ConcurrentHashMap<>();
    private final LongAdder delivered = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder deadLettered = new LongAdder();
    private volatile @Nullable Failure lastFailure;
    private volatile boolean queuePaused;
    private volatile boolean listenerPaused;
    private volatile boolean breakerOpen;
    private volatile boolean connected = true;
    private volatile boolean ended;

    /** @param millis when the delivery failed, in milliseconds since 1970 */
    public record Failure(String reason, long millis) {}

    /**
     * The figures at one moment.
     *
     * @param oldestSince the start of the oldest delivery in progress, in milliseconds since 1970; 0 if there is none
     * @param lastFailure null if no delivery has failed
     */
    public record Figures(
            String name,
            String queue,
            int concurrency,
            int active,
            long oldestSince,
            long delivered,
            long failed,
            long deadLettered,
            @Nullable Failure lastFailure,
            boolean paused,
            boolean breakerOpen,
            boolean connected) {}

    ListenerStatistics(
            ClaimingListener listener, String queue, int concurrency, DeliveryCounts counts, ConnectionLosses losses) {
        this.listener = listener;
        this.queue = queue;
        this.concurrency = concurrency;
        this.counts = counts;
        this.losses = losses;
    }

    /** Returns the listener, whose number identifies it in lease tokens. */
    public ClaimingListener listener() {
        return listener;
    }

    /** Records that the listener consumes no more. It is reported as long as a delivery is in progress. */
    public void end() {
        ended = true;
    }

    boolean hasEnded() {
        return ended && active.isEmpty();
    }

    /** Returns the figures of this moment. */
    public Figures figures() {
        int deliveries = 0;
        long oldest = 0;
        for (long since : active.values()) {
            deliveries++;
            oldest = oldest == 0 ? since : Math.min(oldest, since);
        }
        return new Figures(
                listener.name(),
                queue,
                concurrency,
                deliveries,
                oldest,
                delivered.sum(),
                failed.sum(),
                deadLettered.sum(),
                lastFailure,
                queuePaused || listenerPaused,
                breakerOpen,
                connected);
    }

    @Override
    public void started(ClaimedMessage message, RedisMessage content) {
        active.put(message.lease(), System.currentTimeMillis());
    }

    @Override
    public void acknowledged(ClaimedMessage message, long processingNanos, @Nullable String thrown) {
        active.remove(message.lease());
        delivered.increment();
        counts.delivered(queue);
    }

    @Override
    public void redelivered(ClaimedMessage message, long processingNanos, long delayMillis, String reason) {
        failed(message, reason);
    }

    @Override
    public void uncounted(ClaimedMessage message, long processingNanos, String reason) {
        failed(message, reason);
    }

    @Override
    public void deadLettered(ClaimedMessage message, long processingNanos, String reason) {
        deadLettered.increment();
        failed(message, reason);
    }

    private void failed(ClaimedMessage message, String reason) {
        active.remove(message.lease());
        failed.increment();
        counts.failed(queue);
        lastFailure = new Failure(shortened(reason), System.currentTimeMillis());
    }

    private static String shortened(String reason) {
        String printable = PrintableText.of(reason);
        if (printable.length() <= MAX_REASON) {
            return printable;
        }
        int end = Character.isHighSurrogate(printable.charAt(MAX_REASON - 2)) ? MAX_REASON - 2 : MAX_REASON - 1;
        return printable.substring(0, end) + '…';
    }

    @Override
    public void released(List<ClaimedMessage> messages) {
        messages.forEach(message -> active.remove(message.lease()));
    }

    @Override
    public void abandoned(ClaimedMessage message, long processingNanos) {
        active.remove(message.lease());
    }

    @Override
    public void inDoubt(ClaimedMessage message, long processingNanos) {
        active.remove(message.lease());
    }

    @Override
    public void unconfirmed(ClaimedMessage message, long processingNanos, String operation, Throwable cause) {
        active.remove(message.lease());
    }

    @Override
    public void deadLetteredByClaim(String consumed, String id, String reason) {
        deadLettered.increment();
    }

    @Override
    public void connectionLost(String consumed, Throwable cause) {
        connected = false;
        losses.lost(shortened(Failures.describe(cause)));
    }

    @Override
    public void connectionRestored(String consumed) {
        connected = true;
    }

    @Override
    public void breakerOpened(String consumed, int failures, long waitMillis, String reason) {
        breakerOpen = true;
    }

    @Override
    public void breakerClosed(String consumed, long openMillis) {
        breakerOpen = false;
    }

    @Override
    public void paused(String consumed, PauseScope scope) {
        setPaused(scope, true);
    }

    @Override
    public void resumed(String consumed, PauseScope scope) {
        setPaused(scope, false);
    }

    private void setPaused(PauseScope scope, boolean paused) {
        switch (scope) {
            case QUEUE -> queuePaused = paused;
            case LISTENER -> listenerPaused = paused;
        }
    }
}
