// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.TakeBackRequest;

/**
 * The failures that no later delivery of the listener has shown to be unrelated to an outage. A failure leaves the run
 * when a delivery succeeds that began after it, or when its message should long have been redelivered.
 *
 * <p>Not thread-safe.
 */
final class FailureRun {

    private static final long MAX_HOLD_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int MAX_MESSAGES = 1_000;

    /** A database that fails again and again must not harm messages; many messages at fault must end at some time. */
    private static final int MAX_OUTAGES = 5;

    private final Map<String, FailedMessage> messages = new LinkedHashMap<>();
    private long lastAt;
    private String lastReason = "";

    /**
     * Adds a failure.
     *
     * @param outages number of earlier outages in which the message has failed
     * @param now the {@link System#nanoTime} of the failure
     */
    FailedMessage add(Failure failure, int outages, long now) {
        ClaimedMessage message = failure.message();
        messages.values().removeIf(each -> each.isExpired(now));
        FailedMessage failed = messages.computeIfAbsent(message.lease().id(), id -> new FailedMessage(message));
        failed.failed(failure, outages, now);
        lastAt = now;
        lastReason = failure.reason();
        if (messages.size() > MAX_MESSAGES) {
            removeOldest();
        }
        return failed;
    }

    private void removeOldest() {
        Iterator<FailedMessage> oldest = messages.values().iterator();
        while (oldest.hasNext()) {
            if (oldest.next().held() == null) {
                oldest.remove();
                return;
            }
        }
    }

    /**
     * Records a success. Failures from before the delivery began leave the run.
     *
     * @param since the {@link System#nanoTime} at which the delivery began
     * @return those of these failures that were on hold
     */
    List<Failure> succeeded(long since) {
        List<Failure> ended = new ArrayList<>(messages.size()); // large enough, so that none is lost without memory
        messages.values().removeIf(each -> {
            each.interrupted();
            Failure held = each.held();
            boolean ends = each.failedBefore(since);
            if (ends && held != null) {
                ended.add(held);
            }
            return ends;
        });
        return ended;
    }

    /** Returns what is known of the failures of a message; null if it has not failed. */
    @Nullable
    FailedMessage find(ClaimedMessage message) {
        return messages.get(message.lease().id());
    }

    // Evidence

    boolean isEmpty() {
        return messages.isEmpty();
    }

    /** Returns whether more than one message has failed. */
    boolean hasSeveralMessages() {
        return messages.size() > 1;
    }

    /** Returns the ids of the messages that have failed, in the order of their first failure. */
    Set<String> ids() {
        return messages.keySet();
    }

    /** Returns the number of failures. */
    int failures() {
        return messages.values().stream().mapToInt(FailedMessage::failures).sum();
    }

    /** Returns why the last delivery failed. */
    String lastReason() {
        return lastReason;
    }

    /**
     * Returns whether the failures since the last success indicate an outage: at least two messages have failed that
     * did not fail in an earlier outage, and there are enough failures, or all deliveries have failed for long enough.
     * So many different messages indicate an outage also if they failed in earlier ones, unless these were many.
     *
     * @param threshold number of failures or messages that is enough
     * @param nanos duration that is long enough
     */
    boolean isOutage(int threshold, long nanos, long now) {
        int all = 0;
        int several = 0;
        int failures = 0;
        long first = now;
        for (FailedMessage each : messages.values()) {
            if (each.failuresInARow() == 0 || each.outages() > MAX_OUTAGES) {
                continue;
            }
            all++;
            if (each.outages() == 0) {
                several++;
                failures += each.failuresInARow();
                first = Math.min(first - now, each.firstInARow() - now) + now;
            }
        }
        return several > 1 && (failures >= threshold || now - first >= nanos) || all >= Math.max(2, threshold);
    }

    /**
     * Returns whether the failures indicate an outage although no further ones follow: at least two messages have
     * failed that did not fail in an earlier outage.
     */
    boolean isOutageIfItEnds(long now) {
        return messages.values().stream()
                        .filter(each -> each.outages() == 0 && !each.isExpired(now))
                        .count()
                > 1;
    }

    // Failures on hold

    /** Returns whether a failure can be put on hold. */
    boolean mayHold() {
        return messages.size() < MAX_MESSAGES;
    }

    boolean hasHeld() {
        return messages.values().stream().anyMatch(each -> each.held() != null);
    }

    /** Removes and returns the failures that are on hold. */
    List<Failure> takeHeld() {
        List<Failure> taken = new ArrayList<>(messages.size());
        for (FailedMessage each : messages.values()) {
            Failure held = each.held();
            if (held != null) {
                taken.add(held);
                each.endHold();
            }
        }
        return taken;
    }

    /**
     * Returns whether the failures on hold have waited long enough for the outcomes of further deliveries.
     *
     * @param delivering whether deliveries are in progress
     * @param calm duration without a failure that is long enough, in nanoseconds
     */
    boolean hasWaited(boolean delivering, long calm, long now) {
        return !delivering && now - lastAt >= calm
                || messages.values().stream()
                        .anyMatch(each -> each.held() != null && each.failedBefore(now - MAX_HOLD_NANOS));
    }

    // Counted failures

    /** Revokes the counted failures. Returns the requests to take back those that Redis has confirmed. */
    List<TakeBackRequest> revoke() {
        List<TakeBackRequest> requests = new ArrayList<>();
        for (FailedMessage each : messages.values()) {
            TakeBackRequest request = each.revoke();
            if (request != null) {
                requests.add(request);
            }
        }
        return requests;
    }

    /** Returns the number of failures that a message has without those of this run. */
    int failuresBefore(ClaimedMessage message) {
        FailedMessage failed = find(message);
        return failed == null ? message.failures() : failed.failuresBefore(message);
    }
}
