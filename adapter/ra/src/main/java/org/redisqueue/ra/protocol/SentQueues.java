// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The queues that this process has sent to since the last heartbeat. */
final class SentQueues {

    /** Above this number, further queues are registered when they are sent to again. */
    private static final int MAX = 10_000;

    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final List<Consumer<String>> observers = new CopyOnWriteArrayList<>();

    void add(List<SendRequest> messages) {
        for (SendRequest message : messages) {
            if (!names.contains(message.queue()) && names.size() < MAX && names.add(message.queue())) {
                observers.forEach(observer -> observer.accept(message.queue()));
            }
        }
    }

    /** Passes the name of each queue to an observer: those that are known now, and those that are added later. */
    void observe(Consumer<String> observer) {
        observers.add(observer);
        names.forEach(observer);
    }

    void endObservation(Consumer<String> observer) {
        observers.remove(observer);
    }

    /** Returns the names, and forgets them. */
    List<String> take() {
        List<String> taken = new ArrayList<>(names);
        taken.forEach(names::remove);
        return taken;
    }
}
