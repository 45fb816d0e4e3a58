// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.redisqueue.ra.protocol.RedisCallException;

/** Makes a call again that failed, a few times, a little later each time. */
final class Attempts {

    private static final int MOST = 4;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

    private int failures;
    private RedisCallException unknown;

    /** Repeats a call that is harmless when it is made again. */
    <T> T until(Supplier<CompletableFuture<T>> call) {
        while (true) {
            try {
                return await(call.get());
            } catch (RedisCallException e) {
                failed(e, true);
            }
        }
    }

    /** Whether one of the calls that failed may have been executed. */
    boolean mayHaveSucceeded() {
        return unknown != null;
    }

    /** Why it is not known whether one of them was executed; null if it is known. */
    RedisCallException unknown() {
        return unknown;
    }

    /**
     * Pauses before the next attempt.
     *
     * @param repeatable whether there may be one
     * @throws RedisCallException the failure, if there is to be none
     */
    void failed(RedisCallException failure, boolean repeatable) {
        if (failure.outcomeUnknown()) {
            unknown = failure;
        }
        failures++;
        if (!repeatable || failures >= MOST) {
            throw unknown != null ? unknown : failure;
        }
        LockSupport.parkNanos(FIRST_PAUSE.toNanos() << 2 * (failures - 1));
    }

    /** Waits for the outcome of a call; the client ends it in time. */
    static <T> T await(CompletableFuture<T> call) {
        try {
            return call.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
