// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;

/** Makes what was ordered. Some items misbehave on purpose, to show what the queue makes of it. */
@ApplicationScoped
public class Workshop {

    /**
     * Makes one order's items.
     *
     * @param attempt 1 the first time, 2 after one failure, and so on
     */
    public void make(String item, int attempt) {
        switch (item) {
            case "flaky" -> {
                if (attempt < 3) {
                    throw new IllegalStateException("A flaky item fails twice; this was attempt " + attempt);
                }
            }
            case "broken" -> throw new IllegalStateException("A broken item always fails");
            case "slow" -> pause(5);
            default -> {
                // Everything else is there in no time.
            }
        }
    }

    private static void pause(int seconds) {
        try {
            TimeUnit.SECONDS.sleep(seconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while making a slow item", e);
        }
    }
}
