// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/** Admits the first messages of a kind within a minute, and counts the messages that it suppresses afterwards. */
final class RateLimit {

    static final int MAX_MESSAGES = 10;
    static final Duration PERIOD = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private final Map<Kind, Period> periods = new LinkedHashMap<>();

    /**
     * Messages that are counted together.
     *
     * @param id the id of the log message
     * @param subject what the message concerns, such as a queue
     */
    record Kind(String id, String subject) {}

    /** The number of messages of a kind that were suppressed. */
    record Suppressed(Kind kind, int count) {}

    private static final class Period {

        private final long start;
        private int messages;

        private Period(long start) {
            this.start = start;
        }
    }

    /** @param nanoTime the clock, such as {@link System#nanoTime} */
    RateLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Counts a message and returns whether to log it. Call {@link #ended} first. */
    synchronized boolean admits(Kind kind) {
        Period period = periods.computeIfAbsent(kind, k -> new Period(nanoTime.getAsLong()));
        period.messages++;
        return period.messages <= MAX_MESSAGES;
    }

    /** Returns what was suppressed in the periods that have ended. Each period is reported once. */
    List<Suppressed> ended() {
        return remove(PERIOD.toNanos());
    }

    /** Returns what was suppressed in all periods, including current ones, and resets them. */
    List<Suppressed> all() {
        return remove(0);
    }

    private synchronized List<Suppressed> remove(long minimumAge) {
        if (periods.isEmpty()) {
            return List.of();
        }
        List<Suppressed> suppressed = new ArrayList<>();
        long now = nanoTime.getAsLong();
        for (Iterator<Map.Entry<Kind, Period>> i = periods.entrySet().iterator(); i.hasNext(); ) {
            Map.Entry<Kind, Period> entry = i.next();
            Period period = entry.getValue();
            if (now - period.start >= minimumAge) {
                i.remove();
                if (period.messages > MAX_MESSAGES) {
                    suppressed.add(new Suppressed(entry.getKey(), period.messages - MAX_MESSAGES));
                }
            }
        }
        return suppressed;
    }
}
