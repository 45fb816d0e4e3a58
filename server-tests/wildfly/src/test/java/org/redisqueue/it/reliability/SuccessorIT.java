// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.reliability.process.FaultPoint;
import org.redisqueue.it.reliability.process.FaultPoint.Fault;
import org.redisqueue.it.reliability.process.Node;

/**
 * A server dies when it has committed a transaction in Redis and not yet in the database, and its machine is lost. Its
 * transaction log is in the database, so that another server under its name ends the transaction.
 */
class SuccessorIT {

    private static final long LEASE_MILLIS = 5_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ORDERS = 60;

    private final OrderSite site = OrderSite.withTransactionLogInDatabase();

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void anotherServerEndsTheTransactionsOfAServerThatNeverReturns() {
        List<Node> nodes = List.of(site.node("shop1", LEASE_MILLIS), site.node("shop2", LEASE_MILLIS));
        nodes.forEach(Node::launch);
        nodes.forEach(Node::awaitStarted);
        List<String> bodies =
                IntStream.range(0, ORDERS).mapToObj(i -> "order " + i).toList();

        nodes.get(0).arm(FaultPoint.AFTER_COMMIT_SCRIPT, Fault.HALT);
        bodies.forEach(site.orders()::push);
        nodes.get(0).awaitEnd();

        Queue orders = site.orders();
        await("the other server has done everything else")
                .atMost(PATIENCE)
                .until(() -> orders.ready().isEmpty()
                        && orders.processing().values().stream().allMatch("inf"::equals));
        assertThat(site.database().prepared())
                .as("at least one of them is committed in Redis, so that only the log knows its decision")
                .isNotEmpty();
        assertThat(site.database().query("SELECT tablename FROM pg_tables WHERE tablename LIKE 'shop1%'"))
                .as("tables of its log")
                .isNotEmpty();

        site.successor("shop1", LEASE_MILLIS).start();
        site.awaitSettled();

        assertThat(site.done().bodies()).containsExactlyInAnyOrderElementsOf(bodies);
        assertThat(bodies).allSatisfy(body -> assertThat(site.booked(body)).isOne());
    }
}
