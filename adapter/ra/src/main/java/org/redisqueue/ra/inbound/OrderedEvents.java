// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Reports events in the order in which they occurred, although they are reported without a lock. */
final class OrderedEvents {

    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger requests = new AtomicInteger();
    private final Consumer<Throwable> failures;

    /** @param failures receives what an event throws; must not throw */
    OrderedEvents(Consumer<Throwable> failures) {
        this.failures = failures;
    }

    /**
     * Adds an event. The caller holds the lock under which the events occur, and calls {@link #report} when it has
     * released the lock.
     *
     * @param report reports the event
     */
    void add(Runnable report) {
        events.add(report);
    }

    /** Reports the events that have been added, unless another thread is doing so. Does not throw. */
    void report() {
        if (requests.getAndIncrement() > 0) {
            return;
        }
        int served;
        do {
            served = requests.get();
            for (Runnable event = events.poll(); event != null; event = events.poll()) {
                report(event);
            }
        } while (requests.addAndGet(-served) > 0);
    }

    private void report(Runnable event) {
        try {
            event.run();
        } catch (Throwable e) { // otherwise no event would be reported from now on
            failures.accept(e);
        }
    }
}
