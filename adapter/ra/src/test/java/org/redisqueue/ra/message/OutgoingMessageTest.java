// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.internal.QueueName;
import org.redisqueue.ra.protocol.MessageFormat;

/** The messages that an application can send, and those that are rejected before they reach Redis. */
class OutgoingMessageTest {

    private final OutgoingMessage message = OutgoingMessage.of("body");

    static Stream<Duration> timesToLiveOutOfRange() {
        return Stream.of(
                Duration.ZERO,
                Duration.ofNanos(999_999),
                Duration.ofMillis(-1),
                Duration.ofDays(3_650).plusNanos(1),
                Duration.ofMillis(Long.MAX_VALUE),
                Duration.ofSeconds(Long.MAX_VALUE),
                Duration.ofSeconds(Long.MIN_VALUE));
    }

    @ParameterizedTest
    @MethodSource("timesToLiveOutOfRange")
    void timeToLiveOutOfRangeIsRejectedWithValueAndRange(Duration timeToLive) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.timeToLive(timeToLive))
                .withMessage("RQ-128 The time to live is " + timeToLive + ", but must be 1 ms to 3,650 days.");
        assertThat(message.timeToLive()).isEmpty();
    }

    @Test
    void minimumAndMaximumTimeToLiveAreAccepted() {
        assertThat(message.timeToLive(Duration.ofMillis(1)).timeToLive()).contains(Duration.ofMillis(1));
        assertThat(message.timeToLive(Duration.ofDays(3_650)).timeToLive()).contains(Duration.ofDays(3_650));
    }

    @ParameterizedTest
    @ValueSource(ints = {-11, 11, Integer.MIN_VALUE, Integer.MAX_VALUE})
    void priorityOutOfRangeIsRejectedWithValueAndRange(int priority) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.priority(priority))
                .withMessage("The priority is " + priority + ", but must be -10 to 10.");
        assertThat(message.priority()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Priority", "priority"})
    void headerOfThePriorityIsReserved(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.header(name, "5"))
                .withMessageContaining("priority(");
    }

    @ParameterizedTest
    @ValueSource(ints = {-10, 0, 5, 10})
    void priorityIsSentAsAHeader(int priority) throws Exception {
        byte[] value = SentMessage.of("queue", message.priority(priority), 100_000, Map.of())
                .value();

        assertThat(MessageFormat.decode(value).headers().get("Priority"))
                .isEqualTo(priority == 0 ? null : Integer.toString(priority));
    }

    static Stream<OutgoingMessage> scheduled() {
        return Stream.of(
                OutgoingMessage.of("body").delay(Duration.ofHours(1)),
                OutgoingMessage.of("body").deliverAt(Instant.now().plus(Duration.ofHours(1))));
    }

    @ParameterizedTest
    @MethodSource("scheduled")
    void timeOfDeliveryIsSentAsAHeaderThatApplicationsDoNotSee(OutgoingMessage scheduled) throws Exception {
        byte[] value = SentMessage.of("queue", scheduled, 100_000, Map.of()).value();

        Map<String, String> headers = MessageFormat.decode(value).headers();
        assertThat(Instant.parse(headers.get("Deliver-At")))
                .isCloseTo(Instant.now().plus(Duration.ofHours(1)), within(1, ChronoUnit.MINUTES));
        assertThat(ReceivedMessage.of("queue", "m1", value, 1).headers()).isEmpty();
    }

    @Test
    void messageThatIsDueHasNoTimeOfDelivery() throws Exception {
        OutgoingMessage due = message.deliverAt(Instant.now().minus(Duration.ofHours(1)));

        byte[] value = SentMessage.of("queue", due, 100_000, Map.of()).value();

        assertThat(MessageFormat.decode(value).headers()).containsOnlyKeys("sent");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Deliver-At", "deliver-at"})
    void headerOfTheTimeOfDeliveryIsReserved(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.header(name, "2026-01-31T12:00:00Z"))
                .withMessageContaining("deliverAt(");
    }

    @Test
    void upTo200HeadersAreSentIncludingTheAdaptersOwn() throws Exception {
        for (int i = 1; i < 200; i++) {
            message.header("h" + i, "v");
        }
        byte[] value = SentMessage.of("queue", message, 100_000, Map.of()).value();
        assertThat(MessageFormat.decode(value).headers()).hasSize(200);

        message.header("h200", "v");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SentMessage.of("queue", message, 100_000, Map.of()))
                .withMessage(
                        "RQ-129 The message has 201 headers, including those of the adapter, but at most 200 are allowed.");
    }

    @Test
    void upTo64KibibytesOfHeadersAreSent() throws Exception {
        message.header("a", "");
        byte[] empty = SentMessage.of("queue", message, 100_000, Map.of()).value();
        int fixed = empty.length
                - "body".length()
                - MessageFormat.decode(empty).headers().get("sent").length();
        int space = 65_536 - fixed - "2026-01-31T12:00:00.123456789Z".length();

        message.header("a", "x".repeat(space - 1));
        assertThat(new String(
                        MessageFormat.decode(SentMessage.of("queue", message, 100_000, Map.of())
                                        .value())
                                .body(),
                        StandardCharsets.UTF_8))
                .isEqualTo("body");

        message.header("a", "x".repeat(65_536));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SentMessage.of("queue", message, 100_000, Map.of()))
                .withMessageStartingWith("RQ-129 The headers of the message have ")
                .withMessageEndingWith(" bytes, but at most 65536 are allowed.");
    }

    @Test
    void rejectedNamesAndIdsCannotForgeLogLines() {
        String forged = "x\r\nSEVERE forged";
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.id(forged))
                .withMessageContaining("'x\\r\\nSEVERE forged'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> message.header(forged, ""))
                .withMessageContaining("'x\\r\\nSEVERE forged'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QueueName.require(forged))
                .withMessageContaining("'x\\r\\nSEVERE forged'");
    }
}
