// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.observer;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.StoredMessage;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.RecordingObserver;

class ObserversTest {

    private static final ClaimedMessage MESSAGE = StoredMessage.leased("a", 1);

    private final RecordingObserver first = new RecordingObserver();
    private final RecordingObserver second = new RecordingObserver();
    private final Observers observers = new Observers(
            first.observer(), RecordingObserver.failing(new OutOfMemoryError("in an observer")), second.observer());

    static Method[] events() {
        return DeliveryObserver.class.getMethods();
    }

    private static Object[] arguments(Method event) {
        return Arrays.stream(event.getParameterTypes())
                .map(ObserversTest::argument)
                .toArray();
    }

    private static Object argument(Class<?> type) {
        if (type == List.class) {
            return List.of(MESSAGE);
        } else if (type == ClaimedMessage.class) {
            return MESSAGE;
        } else if (type == Lease.class) {
            return MESSAGE.lease();
        } else if (type == String.class) {
            return "text";
        } else if (type == long.class) {
            return 5L;
        } else if (type == int.class) {
            return 3;
        } else if (type == Throwable.class) {
            return new IllegalStateException();
        } else if (type == PauseScope.class) {
            return PauseScope.LISTENER;
        }
        return null;
    }

    @ParameterizedTest
    @MethodSource("events")
    void eachEventReachesAllObserversAlthoughOneFails(Method event) throws Exception {
        Object[] arguments = arguments(event);

        event.invoke(observers, arguments);

        RecordingObserver.Event expected = new RecordingObserver.Event(event.getName(), Arrays.asList(arguments));
        assertThat(first.events()).containsExactly(expected);
        assertThat(second.events()).containsExactly(expected);
    }

    @Test
    void failureOfAnObserverIsLoggedOnce() {
        try (CapturedLog log = new CapturedLog()) {
            observers.gone("observed", "a");
            observers.gone("observed", "b");
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("observed"))
                    .singleElement()
                    .satisfies(line -> assertThat(line)
                            .startsWith("RQ-322 Queue 'observed'")
                            .endsWith("java.lang.OutOfMemoryError: in an observer"));
        }
    }

    @Test
    void observersCanBeAdded() {
        RecordingObserver later = new RecordingObserver();
        observers.connectionRestored("queue");
        observers.add(later.observer());
        observers.gone("queue", "a");
        assertThat(later.events()).extracting(RecordingObserver.Event::name).containsExactly("gone");
    }
}
