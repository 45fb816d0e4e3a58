// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.spi;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The result of passing a delivery to a listener: either the listener returned, or an exception or error prevented the
 * call or ended it.
 *
 * <p>If the delivery is part of a transaction, the end of that transaction determines what happens to the message, and
 * the result only describes why.
 */
public final class DeliveryResult {

    private static final DeliveryResult COMPLETED = new DeliveryResult(null);

    private final @Nullable Throwable thrown;

    private DeliveryResult(@Nullable Throwable thrown) {
        this.thrown = thrown;
    }

    /** {@return the result of a listener that returned normally} */
    public static DeliveryResult completed() {
        return COMPLETED;
    }

    /**
     * Creates the result of a listener that threw an exception or error, or could not be called.
     *
     * @param thrown the exception or error of the listener without the wrappers of the container, or the reason why the
     *     listener could not be called; {@link UnreadableMessageException} if it can never receive this message
     * @return the result
     */
    public static DeliveryResult failed(Throwable thrown) {
        return new DeliveryResult(Objects.requireNonNull(thrown));
    }

    /** {@return the exception or error; empty if the listener returned normally} */
    public Optional<Throwable> thrown() {
        return Optional.ofNullable(thrown);
    }

    @Override
    public String toString() {
        return thrown == null ? "completed" : "failed: " + thrown.getClass().getName();
    }
}
