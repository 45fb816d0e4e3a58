// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.process;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for conditions that can only be polled. */
public final class Wait {

    private Wait() {}

    /**
     * Checks the condition every 100 ms.
     *
     * @return false if the condition has not become true within the limit
     */
    public static boolean until(Duration limit, BooleanSupplier condition) throws InterruptedException {
        var end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        return true;
    }
}
