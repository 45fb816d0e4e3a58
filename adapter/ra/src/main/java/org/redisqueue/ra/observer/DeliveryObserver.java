// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.observer;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;

/**
 * Observes the deliveries of messages: to message-driven beans, to listeners of CDI beans, and to applications that
 * receive over a connection.
 *
 * <p>A message is first {@link #claimed}, then {@link #started} unless it never reaches a listener. It ends with one of
 * {@link #acknowledged}, {@link #redelivered}, {@link #uncounted}, {@link #deadLettered}, {@link #released},
 * {@link #abandoned}, {@link #inDoubt} and {@link #unconfirmed}. All events of a delivery refer to the same {@link ClaimedMessage}, which
 * contains the queue, the id and the delivery count.
 *
 * <p>Events occur on the threads that deliver messages or handle the replies from Redis. Methods must therefore be
 * thread-safe and fast, and must not block or call Redis. An exception affects neither the delivery nor other
 * observers. Events that follow each other closely, such as {@link #paused} and {@link #resumed}, may arrive in the
 * other order if they occur on different threads. The value of a message is confidential: it must not be logged or exported.
 *
 * <p>Durations are in nanoseconds and measured with {@link System#nanoTime}.
 */
public interface DeliveryObserver {

    /** Messages were claimed, in this order. They wait for a worker. */
    default void claimed(List<ClaimedMessage> messages) {}

    /**
     * A message is about to be handed to a listener, on this thread; or {@code receive} is about to return it.
     *
     * @param content the message with its headers; {@link RedisMessage#sentAt} tells how long it was in the queue
     */
    default void started(ClaimedMessage message, RedisMessage content) {}

    /**
     * A delivery has ended, and the message is acknowledged.
     *
     * @param processingNanos duration of the delivery, including its transaction
     * @param thrown describes the exception that the listener threw although its transaction was committed; null if none
     */
    default void acknowledged(ClaimedMessage message, long processingNanos, @Nullable String thrown) {}

    /**
     * A delivery has failed, and the message will be redelivered.
     *
     * @param processingNanos duration of the delivery, including its transaction
     * @param delayMillis redelivery delay, in milliseconds
     * @param reason why the delivery failed
     */
    default void redelivered(ClaimedMessage message, long processingNanos, long delayMillis, String reason) {}

    /**
     * A delivery has failed because of an outage: the circuit breaker of its listener has opened. The failure does not
     * count, and the message is due.
     *
     * @param processingNanos duration of the delivery, including its transaction
     * @param reason why the delivery failed
     */
    default void uncounted(ClaimedMessage message, long processingNanos, String reason) {}

    /**
     * A message is a dead letter: it has failed too often, or cannot be read.
     *
     * @param processingNanos duration of the delivery, including its transaction
     * @param reason why the delivery failed
     */
    default void deadLettered(ClaimedMessage message, long processingNanos, String reason) {}

    /**
     * Messages were released because no listener has seen them, or because their delivery does not count. Some of them
     * may have lost their lease in the meantime.
     */
    default void released(List<ClaimedMessage> messages) {}

    /**
     * A delivery has ended without effect, because the lease was lost or because of an unexpected failure. The message
     * is delivered again when the lease ends, if it was not already. After a one-phase commit of unknown outcome of a
     * message that {@code receive} returned, this event means that the message may also be acknowledged.
     *
     * @param processingNanos duration of the delivery; 0 if it was not started, or if it does not count
     */
    default void abandoned(ClaimedMessage message, long processingNanos) {}

    /**
     * A delivery has ended with a prepared branch, which the transaction manager or recovery will end.
     *
     * @param processingNanos duration of the delivery
     */
    default void inDoubt(ClaimedMessage message, long processingNanos) {}

    /**
     * A delivery has ended with a call that Redis did not confirm. The message becomes due when its lease ends, unless
     * Redis executed the call after all.
     *
     * @param processingNanos duration of the delivery
     * @param operation the call: {@code acknowledge}, {@code redeliver} or {@code dead-letter}
     */
    default void unconfirmed(ClaimedMessage message, long processingNanos, String operation, Throwable cause) {}

    /** A renewal found that another consumer has claimed the message. The delivery continues, but cannot commit. */
    default void leaseLost(Lease lease) {}

    /** A claim dropped expired messages. */
    default void expired(String queue, int messages) {}

    /** A claim found an invalid setting of the queue, which counts as the strictest limit. */
    default void invalidSetting(String queue, String setting, String value) {}

    /** A claim found the id of a message that no longer exists. */
    default void gone(String queue, String id) {}

    /** A claim dead-lettered a message instead of returning it. */
    default void deadLetteredByClaim(String queue, String id, String reason) {}

    /** A queue cannot be consumed because a call to Redis failed. Occurs again if the reason changes. */
    default void connectionLost(String queue, Throwable cause) {}

    /** Redis answers again after {@link #connectionLost}. */
    default void connectionRestored(String queue) {}

    /**
     * The circuit breaker of a listener has opened: deliveries keep failing. From now on, single messages are delivered
     * as probes.
     *
     * @param failures number of failures without a success in between
     * @param waitMillis time until the first probe, in milliseconds
     * @param reason why the last delivery failed
     */
    default void breakerOpened(String queue, int failures, long waitMillis, String reason) {}

    /**
     * The circuit breaker of a listener has closed: a delivery has succeeded, or an operator has reset it.
     *
     * @param openMillis how long it was open, in milliseconds
     */
    default void breakerClosed(String queue, long openMillis) {}

    /** No messages are claimed from now on. */
    default void paused(String queue, PauseScope scope) {}

    /** Messages are claimed again. */
    default void resumed(String queue, PauseScope scope) {}
}
