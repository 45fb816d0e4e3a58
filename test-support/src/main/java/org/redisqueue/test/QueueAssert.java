// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;
import org.assertj.core.api.ThrowingConsumer;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.Place;
import org.redisqueue.test.internal.state.QueueDescription;
import org.redisqueue.test.internal.state.QueuedMessage;

/**
 * Assertions about the messages in a queue. Get them from AssertJ's {@code assertThat}:
 *
 * <pre>{@code
 * assertThat(queues.queue("receipts")).hasMessage(new Receipt("book"));
 * assertThat(queue("orders")).eventually().hasDeadLetter("out of stock");
 * }</pre>
 *
 * <p>An assertion checks the queue once. After {@link #eventually} or {@link #within}, the assertions of this class wait
 * until they hold. A failure shows the content of the queue.
 */
public final class QueueAssert extends AbstractAssert<QueueAssert, TestQueue> {

    private static final long POLL_NANOS = 20_000_000;

    private Duration timeout = Duration.ZERO;

    QueueAssert(TestQueue actual) {
        super(actual, QueueAssert.class);
    }

    /**
     * Makes the following assertions wait until they hold, up to ten seconds.
     *
     * @return this
     */
    public QueueAssert eventually() {
        return within(actual.timeout());
    }

    /**
     * Makes the following assertions wait until they hold.
     *
     * @param maximum how long to wait
     * @return this
     */
    public QueueAssert within(Duration maximum) {
        timeout = maximum;
        return this;
    }

    /**
     * Waits until the queue is empty: short for {@code eventually().isEmpty()}. If {@link #within} was called before,
     * waits as long as it says.
     *
     * @return this
     */
    public QueueAssert becomesEmpty() {
        return timeout.isZero() ? eventually().isEmpty() : isEmpty();
    }

    /**
     * Asserts that the queue has no messages in any place. A dead letter is a message, too.
     *
     * @return this
     */
    public QueueAssert isEmpty() {
        return require(() -> actual.source().counts().isEmpty(), () -> "to be empty");
    }

    /**
     * Asserts the number of messages that are not dead letters.
     *
     * @param expected the number of messages
     * @return this
     */
    public QueueAssert hasMessageCount(long expected) {
        return require(
                () -> actual.source().counts().entrySet().stream()
                                .filter(count -> count.getKey() != Place.DEAD)
                                .mapToLong(count -> count.getValue())
                                .sum()
                        == expected,
                () -> "to have " + expected + (expected == 1 ? " message" : " messages"));
    }

    /**
     * Asserts the number of messages in one place.
     *
     * @param place the place
     * @param expected the number of messages
     * @return this
     */
    public QueueAssert hasCount(Place place, long expected) {
        return require(
                () -> actual.source().counts().getOrDefault(place, 0L) == expected,
                () -> "to have " + expected + " " + QueueDescription.name(place));
    }

    /**
     * Asserts that the queue has a message that is not a dead letter and equals the expected one.
     *
     * @param expected a {@code String} or {@code byte[]} that the body equals; or an
     *     {@link org.redisqueue.OutgoingMessage}, whose body, headers and, if it is set, id the message has; or any other
     *     object, to which the body deserializes from JSON
     * @return this
     */
    public QueueAssert hasMessage(Object expected) {
        ExpectedMessage message = ExpectedMessage.of(expected);
        return require(
                () -> actual.messages().stream().anyMatch(message::matches),
                () -> "to have a message with\n  " + message);
    }

    /**
     * Asserts that the queue has a message that is not a dead letter and meets the requirements.
     *
     * @param requirements assertions about one message
     * @return this
     */
    public QueueAssert hasMessageSatisfying(ThrowingConsumer<RedisMessage> requirements) {
        return requireSatisfying("a message", actual::messages, requirements);
    }

    /**
     * Asserts that the messages of the queue that are not dead letters equal the expected ones, in this order.
     *
     * @param expected the messages, each as for {@link #hasMessage}
     * @return this
     */
    public QueueAssert hasOnlyMessages(Object... expected) {
        List<ExpectedMessage> wanted =
                Arrays.stream(expected).map(ExpectedMessage::of).toList();
        return require(
                () -> {
                    List<RedisMessage> messages = actual.messages();
                    return messages.size() == wanted.size()
                            && IntStream.range(0, wanted.size())
                                    .allMatch(i -> wanted.get(i).matches(messages.get(i)));
                },
                () -> "to have only the messages with\n  "
                        + wanted.stream().map(ExpectedMessage::toString).collect(Collectors.joining("\n  ")));
    }

    /**
     * Asserts that the queue has a dead letter with a reason.
     *
     * @param reason a part of the reason: for an exception, the reason is the name of its class and its message
     * @return this
     */
    public QueueAssert hasDeadLetter(String reason) {
        return require(
                () -> actual.source().messages().stream()
                        .filter(queued -> queued.place() == Place.DEAD)
                        .map(QueuedMessage::reason)
                        .anyMatch(found -> found != null && found.contains(reason)),
                () -> "to have a dead letter whose reason contains\n  " + reason);
    }

    /**
     * Asserts that the queue has a dead letter whose message meets the requirements.
     *
     * @param requirements assertions about one message
     * @return this
     */
    public QueueAssert hasDeadLetterSatisfying(ThrowingConsumer<RedisMessage> requirements) {
        return requireSatisfying("a dead letter", actual::deadLetters, requirements);
    }

    /**
     * Asserts that the queue has no dead letters.
     *
     * @return this
     */
    public QueueAssert hasNoDeadLetters() {
        return require(() -> !actual.source().counts().containsKey(Place.DEAD), () -> "to have no dead letters");
    }

    /**
     * Returns AssertJ's assertions about the messages that are not dead letters. They do not wait.
     *
     * @return the assertions
     */
    public ListAssert<RedisMessage> messages() {
        return Assertions.assertThat(actual.messages()).as("messages of %s", actual);
    }

    private QueueAssert requireSatisfying(
            String what, Supplier<List<RedisMessage>> messages, ThrowingConsumer<RedisMessage> requirements) {
        StringBuilder failures = new StringBuilder();
        return require(
                () -> {
                    failures.setLength(0);
                    for (RedisMessage message : messages.get()) {
                        Optional<AssertionError> failure = failure(requirements, message);
                        if (failure.isEmpty()) {
                            return true;
                        }
                        failures.append("\n  ")
                                .append(message.id())
                                .append(": ")
                                .append(String.valueOf(failure.get().getMessage())
                                        .strip());
                    }
                    return false;
                },
                () -> "to have " + what + " that meets the requirements" + failures);
    }

    private static Optional<AssertionError> failure(ThrowingConsumer<RedisMessage> requirements, RedisMessage message) {
        try {
            requirements.accept(message);
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(e);
        }
    }

    private QueueAssert require(Supplier<Boolean> condition, Supplier<String> expectation) {
        isNotNull();
        long end = System.nanoTime() + timeout.toNanos();
        while (!condition.get()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                String waited = timeout.isZero() ? "" : " within " + timeout.toMillis() + " ms";
                throw failure(
                        "%s",
                        "Expecting " + actual + " " + expectation.get() + waited + "\nbut "
                                + QueueDescription.of(actual.source()));
            }
            LockSupport.parkNanos(Math.min(POLL_NANOS, left));
        }
        return this;
    }
}
