// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what nothing tells of. */
final class Wait {

    private Wait() {}

    /**
     * Looks every 100 ms.
     *
     * @return false if it has not come true in this time
     */
    static boolean until(Duration limit, BooleanSupplier condition) throws InterruptedException {
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
