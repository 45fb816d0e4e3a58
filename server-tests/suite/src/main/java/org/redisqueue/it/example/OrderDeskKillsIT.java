// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** Kills a server with the order desk again and again under load. */
class OrderDeskKillsIT extends OrderDeskCrashes {

    private static final int KILLS = Integer.getInteger("order-desk.kills", 3);

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.ORDER_DESK_KILLED)
    void ordersAreNeitherLostNorRepeatedHoweverOftenTheServerIsKilled() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (OrderLoad load = new OrderLoad(desk, this::push)) {
            for (int kill = 0; kill < KILLS; kill++) {
                int more = 1 + random.nextInt(30);
                long wanted = load.accepted().size() + more;
                await("more orders are accepted")
                        .atMost(PATIENCE)
                        .until(() -> load.accepted().size() >= wanted);
                running.kill();
                startServer();
            }
            long wanted = load.accepted().size() + 1;
            await("orders are accepted again")
                    .atMost(PATIENCE)
                    .until(() -> load.accepted().size() >= wanted);
            load.end();
            awaitIdle();
            assertThat(load.accepted()).as("accepted orders").isNotEmpty().hasSizeLessThan(ALL);
            load.accepted().forEach(OrderDeskCrashes::awaitReceipted);
            report("%d kills (seed %d), %d orders accepted and receipted"
                    .formatted(KILLS, seed, load.accepted().size()));
        }
        await("all orders are receipted")
                .atMost(PATIENCE)
                .until(() -> desk.latest(ALL).stream()
                        .allMatch(order -> order.getString("status").equals("RECEIPTED")));
        desk.awaitCounted();
    }
}
