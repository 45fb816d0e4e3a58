// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.liberty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.exporter.ZipExporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.database.PostgreSql;
import org.redisqueue.it.liberty.app.ShopListener;
import org.redisqueue.ra.testing.TestRedis;

/** A server dies while its transactions are in doubt, and never returns: another one of its recovery group ends them. */
class PeerRecoveryIT {

    private static final int ORDERS = 300;
    private static final int IN_DOUBT = 3;
    private static final Duration DECISION = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final PostgreSql database = PostgreSql.start();
    private final TestRedis redis = TestRedis.start("--appendonly", "yes");
    private final Queue orders = new Queue(redis::call, "orders");
    private final Queue done = new Queue(redis::call, "done");

    @AfterEach
    void stop() {
        redis.close();
        database.close();
    }

    @Test
    void anotherServerEndsTheTransactionsOfAServerThatNeverReturns() {
        database.execute("CREATE TABLE bookings (body VARCHAR(200), server VARCHAR(50))");
        Path application = Path.of("target", "shop.war").toAbsolutePath();
        ShrinkWrap.create(WebArchive.class)
                .addClass(ShopListener.class)
                .as(ZipExporter.class)
                .exportTo(application.toFile(), true);
        List<String> bodies =
                IntStream.range(0, ORDERS).mapToObj(i -> "order " + i).toList();

        PeerServer lost = PeerServer.start("shop1", application, database, redis);
        try {
            bodies.forEach(orders::push);
            awaitDecisions();
        } finally {
            lost.close();
        }
        redis.call("CLIENT", "UNPAUSE");
        assertThat(orders.prepared()).isNotEmpty();
        int before = bookingsOfLostServer();
        try (PeerServer peer = PeerServer.start("shop2", application, database, redis)) {
            await("everything is settled")
                    .atMost(PATIENCE)
                    .until(() -> orders.isIdle() && database.prepared().isEmpty());

            assertThat(done.bodies()).containsExactlyInAnyOrderElementsOf(bodies);
            assertThat(database.query("SELECT body FROM bookings")).containsExactlyInAnyOrderElementsOf(bodies);
            assertThat(bookingsOfLostServer())
                    .as("decisions of the lost server were carried out")
                    .isGreaterThan(before);
            await().until(() -> peer.log().contains("shop2 has recovered the logs of peer server shop1"));
        }
    }

    private int bookingsOfLostServer() {
        return database.query("SELECT body FROM bookings WHERE server = 'shop1'")
                .size();
    }

    /** Lets the server log decisions that it cannot carry out, because Redis does not answer. */
    private void awaitDecisions() {
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> orders.prepared().size() >= IN_DOUBT);
        redis.call("CLIENT", "PAUSE", Long.toString(PATIENCE.toMillis()), "WRITE");
        await("decisions").pollDelay(DECISION).until(() -> true);
    }
}
