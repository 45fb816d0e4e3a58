// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.TimeUnit;

/** Makes the ordered items. Some fail on purpose, to demonstrate redelivery and dead letters. */
@ApplicationScoped
public class Workshop {

    /**
     * Makes the items of an order.
     *
     * @param attempt the number of this delivery, starting at 1
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
                // Other items take no time.
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
