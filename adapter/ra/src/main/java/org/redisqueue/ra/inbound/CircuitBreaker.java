// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;

/**
 * Decides from the outcomes of deliveries whether an outage makes all deliveries of a listener fail.
 *
 * <p>The breaker opens after several failures without a success in between. From then on, single messages pass as
 * probes, at growing intervals. The first success of a probe closes it. The interval begins with the probe, so that a
 * probe that does not return does not prevent the next one.
 *
 * <p>Messages that failed while it was open are <em>suspects</em> after that: the success of another message has shown
 * that they may be at fault themselves. Their failures count, and do not open the breaker unless there are many of them; those
 * that failed in more than five outages do not open it at all.
 *
 * <p>Not thread-safe.
 */
final class CircuitBreaker {

    static final long FAILING_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long INITIAL_WAIT_MILLIS = 1_000;
    private static final long MAX_WAIT_MILLIS = 60_000;
    private static final long SUSPICION_NANOS = TimeUnit.MINUTES.toNanos(10);
    private static final int MAX_SUSPECTS = 1_000;

    /** What happens to a message whose delivery has failed. */
    enum Verdict {
        /** The failure counts. */
        COUNT,
        /** The failure would dead-letter the message. Whether it counts depends on the following deliveries. */
        HOLD,
        /** The failure does not count. */
        UNCOUNTED
    }

    /**
     * The suspicion that a message is at fault itself.
     *
     * @param number the order of the last failures of suspects
     * @param at the {@link System#nanoTime} of the last failure
     * @param outages how many outages have ended without a success of the message
     */
    private record Suspicion(long number, long at, int outages) {

        private boolean isRecent(long now) {
            return now - at < SUSPICION_NANOS;
        }
    }

    private final int threshold;
    private final LongUnaryOperator jitter;
    private final Map<String, Suspicion> suspects = new LinkedHashMap<>();
    private FailureRun run = new FailureRun();
    private boolean open;
    private long suspicions;
    private int probes;
    private long openedAt;
    private long probeAt;
    private @Nullable Lease lastProbe;

    /** @param threshold number of failures without a success after which the breaker opens, at least 1 */
    CircuitBreaker(int threshold) {
        this(threshold, max -> RetryDelay.jittered(max));
    }

    /** @param jitter reduces a time to wait, in milliseconds, at random */
    CircuitBreaker(int threshold, LongUnaryOperator jitter) {
        this.threshold = threshold;
        this.jitter = jitter;
    }

    /** Returns the failures that may indicate an outage. While the breaker is open, those that have opened it. */
    FailureRun run() {
        return run;
    }

    boolean isOpen() {
        return open;
    }

    /** Returns for how long the breaker has been open, in milliseconds. */
    long openMillis(long now) {
        return TimeUnit.NANOSECONDS.toMillis(now - openedAt);
    }

    /** Returns the time until the next probe, in milliseconds; 0 if there is no need to wait. */
    long waitMillis(long now) {
        return open && probeAt - now > 0 ? TimeUnit.NANOSECONDS.toMillis(probeAt - now) + 1 : 0;
    }

    // Opening

    /**
     * Records the failure of a delivery. May open the breaker.
     *
     * @param others whether there may be other messages, whose outcome will be known
     * @param continues whether further messages are delivered; false while the listener or its queue is paused
     */
    Verdict failed(Failure failure, boolean others, boolean continues, long now) {
        String id = failure.message().lease().id();
        if (open) {
            suspect(id, now);
            return Verdict.UNCOUNTED;
        }
        Suspicion suspicion = suspects.get(id);
        int outages = 0;
        if (suspicion != null && suspicion.isRecent(now)) {
            outages = suspicion.outages;
            suspect(id, now);
        }
        FailedMessage failed = run.add(failure, outages, now);
        if (run.isOutage(threshold, FAILING_NANOS, now)) {
            open(now);
            return Verdict.UNCOUNTED;
        }
        if (failure.last() && (others || run.hasSeveralMessages()) && run.mayHold()) {
            if (!continues) {
                return Verdict.UNCOUNTED; // a later delivery will find out
            }
            failed.hold(failure);
            return Verdict.HOLD;
        }
        failed.counting();
        return Verdict.COUNT;
    }

    /**
     * Opens the breaker if the failures indicate an outage although no further ones follow.
     *
     * @return whether it has opened
     */
    boolean openIfSeveralHaveFailed(long now) {
        boolean opens = run.isOutageIfItEnds(now);
        if (opens) {
            open(now);
        }
        return opens;
    }

    private void open(long now) {
        open = true;
        openedAt = now;
        probes = 0;
        run.ids().forEach(id -> suspect(id, now));
        waitForProbe(now);
    }

    private void suspect(String id, long now) {
        Suspicion earlier = suspects.remove(id); // the most recent failure is the last entry
        int outages = earlier != null && earlier.isRecent(now) ? earlier.outages : 0;
        suspects.put(id, new Suspicion(++suspicions, now, outages));
        if (suspects.size() > MAX_SUSPECTS) {
            suspects.remove(suspects.keySet().iterator().next());
        }
    }

    private void waitForProbe(long now) {
        long max = Math.min(MAX_WAIT_MILLIS, INITIAL_WAIT_MILLIS << Math.min(probes, 16));
        probes++;
        probeAt = now + TimeUnit.MILLISECONDS.toNanos(jitter.applyAsLong(max));
    }

    // Probes

    /** Records that a message is delivered. While the breaker is open, it is a probe. */
    void started(Lease lease, long now) {
        if (open) {
            lastProbe = lease;
            waitForProbe(now);
        }
    }

    /** Records that a delivery has ended without showing whether the listener works. The next probe need not wait. */
    void inconclusive(Lease lease, long now) {
        if (open && lastProbe == lease) {
            lastProbe = null;
            probes--;
            probeAt = now;
        }
    }

    /** Returns the best probe: a message that has not failed, or the one whose last failure was the longest ago. */
    ClaimedMessage choose(List<ClaimedMessage> candidates) {
        return candidates.stream().min(Comparator.comparingLong(this::rank)).orElseThrow();
    }

    private long rank(ClaimedMessage message) {
        Suspicion suspicion = suspects.get(message.lease().id());
        return suspicion != null ? suspicion.number : message.failures() > 0 ? 0 : -1;
    }

    /** Returns whether a message has failed before, during the outage or before it. */
    boolean hasFailed(ClaimedMessage message) {
        return rank(message) >= 0;
    }

    // Closing

    /** Returns whether the success of a delivery that began at this time closes the breaker. */
    boolean isClosedBy(long since) {
        return open && since - openedAt > 0;
    }

    /** Closes the breaker after a success. */
    void close() {
        suspects.replaceAll(
                (id, each) -> each.at - openedAt < 0 ? each : new Suspicion(each.number, each.at, each.outages + 1));
        clear();
    }

    private void clear() {
        open = false;
        lastProbe = null;
        run = new FailureRun();
    }

    /** Closes the breaker without a success, which makes no message a suspect. */
    void reset() {
        suspects.values().removeIf(suspicion -> suspicion.at - openedAt >= 0);
        clear();
    }
}
