// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.DeadLetter;
import org.redisqueue.QueueCounts;

class InspectTest {

    private final TestQueue queue = TestQueue.create();

    @Test
    void emptyQueueHasNoContents() {
        InspectionResult found = result(queue.operations().inspect(queue.name, 10));

        assertThat(found.counts()).isEqualTo(new QueueCounts(0, 0, 0));
        assertThat(found.deadLetters()).isEmpty();
    }

    @Test
    void countsReadyProcessingAndDeadMessagesWithoutChangingAnything() {
        List<Lease> leases = queue.held("m1", "m2", "m3", "m4");
        queue.deadLetter(leases.get(0));
        queue.redeliver(leases.get(1), 60_000, 9);
        queue.prepare("branch", List.of(leases.get(2)));
        queue.send("m5", "m6");
        Map<String, Object> before = queue.everything();

        InspectionResult found = result(queue.operations().inspect(queue.name, 10));

        assertThat(found.counts()).isEqualTo(new QueueCounts(2, 3, 1));
        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void listsLatestDeadLettersFirstUpToTheLimit() {
        for (Lease lease : queue.held("m1", "m2", "m3")) {
            queue.deadLetter(lease);
        }
        queue.call("ZADD", queue.key("dead"), "1000", "m1", "3000", "m2", "2000", "m3");

        List<DeadLetter> letters =
                result(queue.operations().inspect(queue.name, 2)).deadLetters();

        assertThat(letters).extracting(DeadLetter::id).containsExactly("m2", "m3");
        assertThat(letters.get(0).at().toEpochMilli()).isEqualTo(3_000);
        assertThat(letters.get(0).reason()).isEqualTo("it failed");
        assertThat(letters.get(0).deliveries()).isEqualTo(1);
        assertThat(result(queue.operations().inspect(queue.name, 0)).deadLetters())
                .isEmpty();
    }

    @Test
    void deadLetterRecordsWhenItWasDeadLettered() {
        double before = queue.now();
        queue.deadLetter(queue.held("m1"));

        assertThat((double) result(queue.operations().inspect(queue.name, 1))
                        .deadLetters()
                        .get(0)
                        .at()
                        .toEpochMilli())
                .isBetween(before, queue.now());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not JSON",
                "[]",
                "1",
                "null",
                "{}",
                "{\"reason\":null,\"deliveries\":null}",
                "{\"reason\":[1],\"deliveries\":\"many\"}",
                "{\"reason\":7,\"deliveries\":1e300}",
                "{\"reason\":true,\"deliveries\":false}"
            })
    void reasonWrittenByAnotherToolIsListed(String error) {
        queue.call("ZADD", queue.key("dead"), "1000", "m1", "2000", "m2");
        queue.call("HSET", queue.key("errors"), "m2", error);

        assertThat(result(queue.operations().inspect(queue.name, 10)).deadLetters())
                .extracting(DeadLetter::id)
                .containsExactly("m2", "m1");
    }

    @Test
    void deadLetterWithoutARecordHasAnUnknownReason() {
        queue.call("ZADD", queue.key("dead"), "1000", "m1");

        assertThat(result(queue.operations().inspect(queue.name, 10)).deadLetters())
                .singleElement()
                .satisfies(letter -> {
                    assertThat(letter.reason()).isEqualTo("unknown");
                    assertThat(letter.deliveries()).isZero();
                });
    }
}
