// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A call that Redis has not answered.
 *
 * @param <T> its result
 */
public interface Unsettled<T> {

    /**
     * Asks Redis whether it has executed the call, and makes sure that it never does if it has not.
     *
     * @return the result; empty if the call was not executed. Fails with a {@link RedisCallException} if Redis does not
     *     answer, or the receipt of the call may have expired
     */
    CompletableFuture<Optional<T>> settle();

    /** The same call with its result in another form. */
    default <R> Unsettled<R> map(Function<T, R> form) {
        return () -> settle().thenApply(result -> result.map(form));
    }
}
