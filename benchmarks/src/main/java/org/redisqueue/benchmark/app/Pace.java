// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Sends messages at a constant rate, one at a time. */
public final class Pace {

    private static final String REST = " " + "x".repeat(180);

    private Pace() {}

    /** @param sending receives bodies that start with the scheduled time, so that delays of the sender count */
    public static void keep(int rate, int seconds, Consumer<String> sending) {
        long period = TimeUnit.SECONDS.toNanos(1) / rate;
        long next = System.nanoTime();
        for (int i = 0; i < rate * seconds; i++) {
            next += period;
            while (next - System.nanoTime() > 0) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
            sending.accept(next + REST);
        }
    }
}
