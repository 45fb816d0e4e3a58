// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A call whose outcome is unknown because Redis has not replied.
 *
 * @param <T> the type of its result
 */
public interface Unsettled<T> {

    /**
     * Asks Redis whether it has executed the call, and fences the call if it has not, so that it never will.
     *
     * @return the result of the call; empty if it was not executed. Fails with a {@link RedisCallException} if Redis
     *     does not answer, or if the receipt of the call may have expired
     */
    CompletableFuture<Optional<T>> settle();

    /** Returns the call with its result converted. */
    default <R> Unsettled<R> map(Function<T, R> form) {
        return () -> settle().thenApply(result -> result.map(form));
    }
}
