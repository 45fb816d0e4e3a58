// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for replies from Redis. The failure of a call is thrown without the wrappers that futures add. */
public final class Replies {

    private Replies() {}

    /**
     * Waits for the outcome of a call. The client completes every call within a limited time.
     *
     * @throws RuntimeException the failure of the call
     */
    public static <T> T await(CompletableFuture<T> call) {
        try {
            return call.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /**
     * Waits for the outcome of a call, for at most the given time. Interrupts do not end the wait.
     *
     * @return the result; empty if there is no outcome in time
     * @throws RuntimeException the failure of the call
     */
    public static <T> Optional<T> await(CompletableFuture<T> call, Duration patience) {
        boolean interrupted = false;
        long end = System.nanoTime() + patience.toNanos();
        try {
            while (true) {
                try {
                    return Optional.of(call.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
                } catch (InterruptedException e) {
                    interrupted = true; // keeps waiting: the outcome is still needed
                } catch (TimeoutException e) {
                    return Optional.empty();
                } catch (ExecutionException e) {
                    return Optional.of(await(call));
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
