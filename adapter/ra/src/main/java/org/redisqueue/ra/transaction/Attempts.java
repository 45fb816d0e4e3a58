// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.redisqueue.ra.protocol.RedisCallException;

/**
 * Makes a call again that failed, a little later each time: a few times, and longer if it is told to be patient as long
 * as nobody knows whether one of them was executed.
 */
final class Attempts {

    private static final int MOST = 4;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final long patientUntil;
    private int failures;
    private RedisCallException unknown;

    Attempts() {
        this(Duration.ZERO);
    }

    /** @param patience for how long to make calls while it is not known whether one of them was executed */
    Attempts(Duration patience) {
        patientUntil = System.nanoTime() + patience.toNanos();
    }

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
        boolean patient = unknown != null && patientUntil - System.nanoTime() > 0;
        if (!repeatable || failures >= MOST && !patient) {
            throw unknown != null ? unknown : failure;
        }
        pause(failures < MOST ? FIRST_PAUSE.toNanos() << 2 * (failures - 1) : LONGEST_PAUSE.toNanos());
    }

    /** An interrupted thread pauses as well, or it would make calls without end. */
    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        boolean interrupted = Thread.interrupted();
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
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
