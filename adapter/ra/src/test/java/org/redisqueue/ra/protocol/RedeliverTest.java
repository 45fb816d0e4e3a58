// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.lease;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.DeadLetter;

class RedeliverTest {

    private final TestQueue queue = TestQueue.create();

    @Test
    void countsTheFailureAndWaitsInProcessingWithoutAHolder() {
        Lease lease = queue.held("m1");

        double before = queue.now();
        assertThat(queue.redeliver(lease, 30_000, 9)).isEqualTo(RedeliveryResult.WAITING);

        assertThat(queue.processing()).containsOnlyKeys("m1 -");
        assertThat(queue.processing().get("m1 -")).isBetween(before + 30_000, queue.now() + 30_000);
        assertThat(queue.failures()).containsExactly(entry("m1", "1"));
        assertThat(queue.exists("m1")).isTrue();
        assertThat(queue.claim(1).messages()).isEmpty();
    }

    @Test
    void isDeliveredAgainAfterItsDelay() {
        queue.redeliver(queue.held("m1"), 50, 9);

        await().untilAsserted(() -> assertThat(ids(queue.claim(1))).containsExactly("m1"));
    }

    @Test
    void nextDeliveryCountsTheFailureButNoAbandonedDelivery() {
        queue.redeliver(queue.held("m1"), 60_000, 9);
        queue.letTimePass("m1 -");

        ClaimedMessage message = queue.claim(1).messages().get(0);

        assertThat(message.failures()).isEqualTo(1);
        assertThat(message.abandoned()).isZero();
        assertThat(message.deliveryCount()).isEqualTo(2);
        assertThat(queue.abandoned()).isEmpty();
    }

    @Test
    void messageAtTheLimitIsDeadLettered() {
        queue.redeliver(queue.held("m1"), 60_000, 2);
        queue.letTimePass("m1 -");
        Lease second = lease(queue.claim(1));

        double before = queue.now();
        assertThat(queue.redeliver(second, 60_000, 2)).isEqualTo(RedeliveryResult.DEAD);

        assertThat(queue.dead()).containsExactly("m1");
        assertThat(Double.valueOf((String) queue.call("ZSCORE", queue.key("dead"), "m1")))
                .isBetween(before, queue.now());
        assertThat(queue.processing()).isEmpty();
        assertThat(queue.failures()).isEmpty();
        assertThat(queue.exists("m1")).isTrue();
        assertThat(queue.errors().get("m1"))
                .isIn("{\"reason\":\"it failed\",\"deliveries\":2}", "{\"deliveries\":2,\"reason\":\"it failed\"}");
    }

    @Test
    void messageIsDeadLetteredAtOnce() {
        assertThat(queue.deadLetter(queue.held("m1"))).isEqualTo(RedeliveryResult.DEAD);
        assertThat(queue.dead()).containsExactly("m1");
    }

    @Test
    void deadLetterWithoutMessageIsRecordedAsGone() {
        Lease lease = queue.held("m1");
        queue.call("DEL", queue.key("message:m1"));

        queue.deadLetter(lease);

        assertThat(queue.errors().get("m1")).contains("\"gone\":true");
    }

    @Test
    void deadLetterCountsAbandonedDeliveriesToo() {
        queue.letTimePass(queue.held("m1"));

        queue.redeliver(lease(queue.claim(1)), 0, 1);

        assertThat(queue.errors().get("m1")).contains("\"deliveries\":2");
        assertThat(queue.abandoned()).isEmpty();
    }

    @Test
    void reasonIsStoredInOneLine() {
        String reason = "java.lang.Exception: \"quoted\" \\ \n\t\u0001 – ünïcode 😀 {\"a\":[1]}";
        result(queue.operations().deadLetter(queue.held("m1"), reason));

        assertThat(result(queue.operations().inspect(queue.name, 1)).deadLetters())
                .extracting(DeadLetter::reason)
                .containsExactly("java.lang.Exception: \"quoted\" \\ \\n\\t\\u0001 – ünïcode 😀 {\"a\":[1]}");
    }

    @Test
    void deadLettersAreNotDelivered() {
        queue.deadLetter(queue.held("m1"));

        assertThat(queue.claim(1).messages()).isEmpty();
    }

    @Test
    void lostLeaseChangesNothing() {
        Lease slow = queue.held("m1");
        queue.letTimePass(slow);
        queue.claim(1);
        Map<String, Object> before = queue.everything();

        assertThat(queue.redeliver(slow, 0, 9)).isEqualTo(RedeliveryResult.LOST);
        assertThat(queue.deadLetter(slow)).isEqualTo(RedeliveryResult.LOST);

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void preparedMessageIsNotRedelivered() {
        Lease lease = queue.held("m1");
        queue.prepare("branch", List.of(lease));
        Map<String, Object> before = queue.everything();

        assertThat(queue.redeliver(lease, 0, 9)).isEqualTo(RedeliveryResult.LOST);

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void repeatedCallHasNoFurtherEffect() {
        Lease lease = queue.held("m1");
        queue.redeliver(lease, 60_000, 9);
        Map<String, Object> before = queue.everything();

        assertThat(queue.redeliver(lease, 60_000, 9)).isEqualTo(RedeliveryResult.LOST);

        assertThat(queue.everything()).isEqualTo(before);
    }

    @Test
    void repeatedCallAfterDeadLetteringHasNoFurtherEffect() {
        Lease lease = queue.held("m1");
        queue.redeliver(lease, 0, 1);
        Map<String, Object> before = queue.everything();

        assertThat(queue.redeliver(lease, 0, 1)).isEqualTo(RedeliveryResult.LOST);

        assertThat(queue.everything()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"processing", "dead", "failures", "abandoned", "errors"})
    void nothingChangesWhenAKeyHasTheWrongType(String suffix) {
        Lease lease = queue.held("m1");
        queue.call("DEL", queue.key(suffix));
        queue.call("SET", queue.key(suffix), "of another type");
        Map<String, Object> before = queue.everything();

        assertThatThrownBy(() -> queue.redeliver(lease, 0, 1))
                .isInstanceOf(RedisCallException.class)
                .hasMessageContaining("RQ-107 'redeliver' was not executed");

        assertThat(queue.everything()).isEqualTo(before);
    }
}
