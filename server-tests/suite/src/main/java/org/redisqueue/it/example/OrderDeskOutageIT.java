// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.app.Background;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** Kills a server with the order desk while Redis is down; the delivery is recovered automatically. */
class OrderDeskOutageIT extends OrderDeskCrashes {

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_DELIVERIES)
    void decidedDeliveryIsCommittedWhenRedisComesBackWhileTheServerStarts() throws Exception {
        String id = killedDelivering(wire::atRequest, COMMIT);
        redis.kill();
        CompletableFuture<Void> start = Background.run(OrderDeskCrashes::startServer);
        await("recovery waits or will be retried")
                .atMost(PATIENCE)
                .until(() -> recoversOnce() ? hasLogged("RQ-405") : start.isDone());

        redis.restart();

        start.get();
        awaitIdle();
        awaitReceipted(id);
        assertThat(deliveries(id)).as("not redelivered").isEqualTo(1);
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_DELIVERIES)
    void decidedDeliveryIsCommittedByTheNextStartAfterOneWithoutRedis() {
        String id = killedDelivering(wire::atRequest, COMMIT);
        redis.kill();
        startServer();
        await("recovery has ended or will be retried")
                .atMost(PATIENCE)
                .until(() -> !recoversOnce() || hasLogged("RQ-406"));
        redis.restart();
        running.kill();

        recover("delivery, decided, no Redis");

        awaitReceipted(id);
        assertThat(deliveries(id)).as("not redelivered").isEqualTo(1);
    }

    /** Whether the transaction manager is JTS, as on Payara and GlassFish, which recovers only at its start. */
    private static boolean recoversOnce() throws IOException {
        return hasLogged("JTS5014");
    }

    private static boolean hasLogged(String text) throws IOException {
        return Files.readString(server.log()).contains(text);
    }
}
