// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.redisqueue.it.reliability.app.BookingListener;

/**
 * Records what was sent, and compares it with what took effect, according to the database and the lists in Redis. It does not
 * use the adapter.
 */
final class Ledger {

    /** The result of a comparison: the bodies of the messages with wrong effects. */
    record Verdict(int messages, int effective, Set<String> lost, Set<String> twice) {

        boolean isCorrect() {
            return lost.isEmpty() && twice.isEmpty();
        }

        @Override
        public String toString() {
            return "%d messages, %d effective, %d lost %s, %d twice %s"
                    .formatted(messages, effective, lost.size(), some(lost), twice.size(), some(twice));
        }

        private static List<String> some(Set<String> bodies) {
            return bodies.stream().limit(10).toList();
        }
    }

    private final Set<String> pushed = ConcurrentHashMap.newKeySet();
    private final Set<String> ordered = ConcurrentHashMap.newKeySet();
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();

    /** Records that a client of Redis is about to push this body. */
    void pushing(String body) {
        pushed.add(body);
    }

    /** Records that this body is about to be ordered from a server. */
    void ordering(String body) {
        ordered.add(body);
    }

    /** Records that the push or the order was confirmed. */
    void confirmed(String body) {
        confirmed.add(body);
    }

    int messages() {
        return pushed.size() + ordered.size();
    }

    /** Compares the records with the site, on which all work must be settled. */
    Verdict compare(OrderSite site) {
        return compare(
                site.database().query("SELECT body FROM orders"),
                site.database().query("SELECT body FROM bookings"),
                site.done().bodies());
    }

    /**
     * Compares the records with effects.
     *
     * @param takenBodies the orders in the database, including duplicates
     * @param bookedBodies the bookings in the database, including duplicates
     * @param doneBodies the messages in the last queue, including duplicates
     */
    Verdict compare(List<String> takenBodies, List<String> bookedBodies, List<String> doneBodies) {
        Map<String, Long> taken = counted(takenBodies);
        Map<String, Long> booked = counted(bookedBodies);
        Map<String, Long> done = counted(doneBodies);
        Set<String> lost = new TreeSet<>();
        Set<String> twice = new TreeSet<>();
        Map<String, Boolean> all = new TreeMap<>();
        pushed.forEach(body -> all.put(body, false));
        ordered.forEach(body -> all.put(body, true));
        booked.keySet().forEach(body -> all.putIfAbsent(body, false));
        done.keySet().forEach(body -> all.putIfAbsent(body, false));
        all.forEach((body, byServer) -> {
            long inQueue = done.getOrDefault(body, 0L);
            long inDatabase = body.startsWith(BookingListener.PASSED_ON) ? inQueue : booked.getOrDefault(body, 0L);
            long due = byServer ? taken.getOrDefault(body, 0L) : confirmed.contains(body) ? 1 : Math.min(1, inQueue);
            if (byServer) {
                due = Math.min(1, confirmed.contains(body) ? Math.max(1, due) : due);
            }
            if (Math.min(inQueue, inDatabase) < due) {
                lost.add(body);
            }
            if (Math.max(inQueue, inDatabase) > due || taken.getOrDefault(body, 0L) > 1) {
                twice.add(body);
            }
        });
        return new Verdict(messages(), done.size(), lost, twice);
    }

    private static Map<String, Long> counted(List<String> bodies) {
        return bodies.stream().collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
}
