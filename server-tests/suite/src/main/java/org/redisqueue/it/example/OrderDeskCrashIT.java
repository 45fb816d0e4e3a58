// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonValue;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.console.ConsoleUser;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.launchers.server.ServerUser;

/** Kills a server with the order desk at critical moments; the work is recovered automatically. */
class OrderDeskCrashIT extends OrderDeskCrashes {

    private static final String PREPARE = Archives.script("prepare");

    @Test
    @Tag("with-users")
    void consoleShowsTheQueuesToTheOperator() {
        ConsoleUser operator = new ConsoleUser(desk.address().resolve("/redis-queue/"), ServerUser.OPERATOR);

        assertThat(desk.get("/redis-queue/").statusCode()).isEqualTo(401);
        assertThat(operator.get("").statusCode()).isEqualTo(200);
        assertThat(operator.read("queues").asJsonArray().getValuesAs(JsonValue::asJsonObject))
                .extracting(queue -> queue.getString("name"))
                .contains("orders", "receipts");
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_DELIVERIES)
    void preparedUndecidedDeliveryIsRolledBackAndRedelivered() {
        String id = killedDelivering(wire::atReply, PREPARE);
        assertThat(orders.prepared()).hasSize(1);
        assertThat(orders.processing()).containsValue("inf");

        recover("delivery, prepared");

        awaitReceipted(id);
        assertThat(deliveries(id)).as("redelivered").isEqualTo(2);
    }

    @Test
    @Shows(Capability.RECOVERY_OF_DELIVERIES)
    void decidedDeliveryIsCommitted() {
        String id = killedDelivering(wire::atRequest, COMMIT);
        assertThat(orders.prepared()).hasSize(1);
        assertThat(orders.exists(id)).isTrue();
        assertThat(receipts.ready()).isEmpty();

        recover("delivery, decided");

        awaitReceipted(id);
        assertThat(deliveries(id)).as("not redelivered").isEqualTo(1);
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_DELIVERIES)
    void deliveryCommittedInRedisIsCommittedInTheDatabase() {
        String id = killedDelivering(wire::atReply, COMMIT);
        assertThat(orders.keysLike(orders.key("message:" + id))).isEmpty();
        assertThat(receipts.ready().size() + receipts.processing().size()).isEqualTo(1);

        recover("delivery, committed in Redis");

        awaitReceipted(id);
        assertThat(deliveries(id)).as("not redelivered").isEqualTo(1);
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_SENDING)
    void preparedUndecidedOrderIsNotPlaced() {
        String item = killedOrdering(wire::atReply, PREPARE);
        assertThat(orders.prepared()).hasSize(1);

        recover("order, prepared");

        assertThat(statusesOf(item)).isEmpty();
    }

    @Test
    @Tag(RECOVERING)
    @Shows(Capability.RECOVERY_OF_SENDING)
    void decidedOrderIsPlaced() {
        String item = killedOrdering(wire::atRequest, COMMIT);
        assertThat(orders.prepared()).hasSize(1);
        assertThat(orders.ready()).isEmpty();

        recover("order, decided");

        await("the order is receipted")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(statusesOf(item)).containsExactly("RECEIPTED"));
    }

    /** Kills the server while it places an order, and returns the ordered item. */
    private String killedOrdering(BiConsumer<String, Runnable> moment, String script) {
        String item = "cup " + UUID.randomUUID();
        kill(moment, script, () -> {
            try {
                assertThat(desk.order(item)).as("response of a killed server").isEmpty();
            } catch (UncheckedIOException e) {
                assertThat(e).as("no response").hasMessageNotContaining("timed out");
            }
        });
        return item;
    }

    private static List<String> statusesOf(String item) {
        return desk.latest(ALL).stream()
                .filter(order -> order.getString("item").equals(item))
                .map(order -> order.getString("status"))
                .toList();
    }
}
