// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events that are reported in order. */
class OrderedEventsTest {

    private final List<Throwable> failures = new ArrayList<>();
    private final List<String> reported = new ArrayList<>();
    private final OrderedEvents events = new OrderedEvents(failures::add);

    @Test
    void failureOfAnEventDoesNotStopTheReports() {
        OutOfMemoryError failure = new OutOfMemoryError("test");
        events.add(() -> {
            throw failure;
        });
        events.add(() -> reported.add("second"));
        events.report();
        events.add(() -> reported.add("third"));
        events.report();
        assertThat(reported).containsExactly("second", "third");
        assertThat(failures).containsExactly(failure);
    }

    @Test
    void eventThatIsAddedDuringAReportIsReportedAfterIt() {
        events.add(() -> {
            events.add(() -> reported.add("second"));
            events.report();
            reported.add("first");
        });
        events.report();
        assertThat(reported).containsExactly("first", "second");
    }
}
