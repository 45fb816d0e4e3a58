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
 * What was sent, to be compared with what took effect. It knows nothing of the adapter: it looks into the database and
 * into the lists of Redis.
 */
final class Ledger {

    /** What became of messages; the bodies of those that went wrong. */
    record Verdict(int messages, int effective, Set<String> lost, Set<String> twice) {

        boolean isGood() {
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
    private final Set<String> sure = ConcurrentHashMap.newKeySet();

    /** This body is going to be pushed by a client of Redis. */
    void pushing(String body) {
        pushed.add(body);
    }

    /** This body is going to be ordered from a server. */
    void ordering(String body) {
        ordered.add(body);
    }

    /** The one who pushed or ordered it was told that it is done. */
    void confirmed(String body) {
        sure.add(body);
    }

    int messages() {
        return pushed.size() + ordered.size();
    }

    /** Compares with what is at the site, which is to be settled. */
    Verdict compare(OrderSite site) {
        return compare(
                site.database().query("SELECT body FROM orders"),
                site.database().query("SELECT body FROM bookings"),
                site.done().bodies());
    }

    /**
     * Compares.
     *
     * @param takenBodies the orders in the database, as often as they are there
     * @param bookedBodies the bookings in the database
     * @param doneBodies the messages in the last queue
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
            long due = byServer ? taken.getOrDefault(body, 0L) : sure.contains(body) ? 1 : Math.min(1, inQueue);
            if (byServer) {
                due = Math.min(1, sure.contains(body) ? Math.max(1, due) : due);
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
