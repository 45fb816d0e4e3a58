// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.test.TestRedis.queue;

import jakarta.json.JsonObject;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.Archive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Background;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.test.RedisQueueTest;

/** The example application does what its page says. */
@RedisQueueTest
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.IN_APPLICATION)
@Shows(Capability.ORDER_DESK)
@RunAsClient
class OrderDeskIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Queue orders = new Queue(TestRedis.shared()::call, "orders");
    private final Queue receipts = new Queue(TestRedis.shared()::call, "receipts");

    @ArquillianResource
    private URL server;

    @Deployment(testable = false)
    static Archive<?> orderDesk() {
        return TestedServer.current().example();
    }

    private OrderDeskClient desk() {
        return new OrderDeskClient(URI.create(server.getProtocol() + "://" + server.getAuthority()));
    }

    private String place(String item) {
        return desk().order(item).orElseThrow();
    }

    private void awaitReceipt(String id) {
        await().atMost(PATIENCE).until(() -> desk().isReceipted(id));
    }

    private int deliveries(String id) {
        return desk().json("/orders/" + id).asJsonObject().getInt("deliveries");
    }

    @Test
    void ordersPlacedHereOrPushedByOthersGetReceiptsAndLeaveNothingInRedis() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ids.add(place("book"));
            ids.add(orders.push("{\"item\":\"pen\",\"quantity\":1}"));
        }
        ids.forEach(this::awaitReceipt);
        assertThat(ids).allSatisfy(id -> assertThat(deliveries(id)).isEqualTo(1));
        assertThat(desk().latest(5)).hasSize(5);
        assertThat(queue("orders")).within(PATIENCE).hasMessageCount(0);
        assertThat(queue("receipts")).within(PATIENCE).hasMessageCount(0);
        assertThat(ids).noneMatch(orders::exists);
        assertThat(receipts.keysLike(receipts.key("message:*"))).isEmpty();
    }

    @Test
    void flakyOrderIsDeliveredThreeTimes() {
        String id = place("flaky");
        awaitReceipt(id);
        assertThat(deliveries(id)).isEqualTo(3);
    }

    @Test
    void brokenOrderIsDeadLetteredAndDeliveryContinues() {
        String broken = place("broken");
        awaitReceipt(place("book"));
        assertThat(queue("orders")).within(PATIENCE).hasDeadLetter("A broken item always fails");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                desk().json("/queues/orders/dead").asJsonArray())
                        .anySatisfy(letter -> {
                            assertThat(letter.asJsonObject().getString("id")).isEqualTo(broken);
                            assertThat(letter.asJsonObject().getString("reason"))
                                    .isEqualTo("java.lang.IllegalStateException: A broken item always fails");
                            assertThat(letter.asJsonObject().getInt("deliveries"))
                                    .isEqualTo(4);
                        }));
        assertThat(desk().json("/orders/" + broken).asJsonObject().getString("status"))
                .isEqualTo("PLACED");
        assertThat(desk().json("/queues").asJsonArray()).anySatisfy(queue -> {
            assertThat(queue.asJsonObject().getString("name")).isEqualTo("orders");
            assertThat(queue.asJsonObject().getInt("dead")).isPositive();
        });
    }

    @Test
    void slowOrderStaysInProcessingUntilItsCommit() {
        String id = place("slow");
        await().atMost(PATIENCE)
                .until(() -> orders.processing().keySet().stream().anyMatch(entry -> entry.startsWith(id + " ")));
        assertThat(orders.exists(id)).isTrue();
        awaitReceipt(id);
        assertThat(orders.exists(id)).isFalse();
        assertThat(orders.processing().keySet()).noneMatch(entry -> entry.startsWith(id + " "));
    }

    @Test
    void databaseOutageDelaysOrdersAndDeadLettersNone() {
        assertThat(desk().post("/database/outage?seconds=10", "").statusCode()).isEqualTo(202);
        assertThat(desk().post("/database/outage?seconds=60", "").statusCode()).isEqualTo(202);
        assertThat(database().getInt("secondsLeft")).as("not prolonged").isBetween(1, 10);
        HttpResponse<String> refusal = desk().post("{\"item\":\"book\",\"quantity\":1}");
        assertThat(refusal.statusCode()).isEqualTo(503);
        assertThat(refusal.body()).contains("\"reason\":\"The database is unavailable for another ");
        assertThat(refusal.headers().firstValueAsLong("Retry-After")).isPresent();
        assertThat(desk().get("/orders").statusCode()).isEqualTo(503);

        List<String> ids = Stream.generate(() -> desk().send("book")).limit(40).toList();
        await("the breaker to open").atMost(PATIENCE).until(this::isBreakerOpen);
        await("the end of the outage").atMost(PATIENCE).until(() -> database().getBoolean("available"));

        ids.forEach(this::awaitReceipt);
        assertThat(queue("orders")).within(PATIENCE).isEmpty();
        assertThat(queue("receipts")).within(PATIENCE).isEmpty();
        assertThat(queue("statistics")).within(PATIENCE).isEmpty();
        awaitReceipt(place("book"));
    }

    @Test
    void ordersOfACustomerAreFulfilledInTheOrderInWhichTheyWerePlaced() {
        String customer = "\"quantity\":1,\"customer\":\"ada\"}";
        List<String> ids = Stream.of("flaky", "book", "pen")
                .map(item -> OrderDeskClient.id(desk().post("{\"item\":\"" + item + "\"," + customer))
                        .orElseThrow())
                .toList();
        ids.forEach(this::awaitReceipt);

        assertThat(ids.stream().map(this::fulfilledAt))
                .isSorted()
                .allMatch(time -> time.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
        assertThat(deliveries(ids.get(0))).isEqualTo(3);
    }

    private String fulfilledAt(String id) {
        return desk().json("/orders/" + id).asJsonObject().getString("fulfilledAt");
    }

    @Test
    void orderForLaterIsFulfilledWhenItIsDue() {
        Instant placed = Instant.now();
        String id = OrderDeskClient.id(desk().post("{\"item\":\"book\",\"quantity\":1,\"deliverAfterSeconds\":2}"))
                .orElseThrow();
        assertThat(desk().json("/orders/" + id).asJsonObject()).doesNotContainKey("fulfilledAt");
        awaitReceipt(id);

        assertThat(Instant.parse(fulfilledAt(id))).isAfterOrEqualTo(placed.plusSeconds(2));
    }

    @Test
    void expressOrderHasAPriority() {
        String other;
        String express;
        orders.call("SET", orders.key("paused"), "1");
        try {
            other = place("pen");
            express = OrderDeskClient.id(desk().post("{\"item\":\"book\",\"quantity\":1,\"express\":true}"))
                    .orElseThrow();

            assertThat(orders.call("ZRANGE", orders.key("prioritized"), "0", "-1"))
                    .isEqualTo(List.of(express));
        } finally {
            orders.call("DEL", orders.key("paused"));
        }
        awaitReceipt(express);
        awaitReceipt(other);
    }

    @Test
    void repeatedRequestsPlaceOneOrder() {
        String key = UUID.randomUUID().toString();
        String order = "{\"item\":\"cup " + key + "\",\"quantity\":1}";
        List<CompletableFuture<HttpResponse<String>>> requests = Stream.generate(
                        () -> Background.supply(() -> desk().postRepeatably(order, key)))
                .limit(5)
                .toList();
        Set<String> ids = requests.stream()
                .map(request -> OrderDeskClient.id(request.join()).orElseThrow())
                .collect(Collectors.toSet());
        ids.add(OrderDeskClient.id(desk().postRepeatably(order, key)).orElseThrow());

        assertThat(ids).hasSize(1);
        ids.forEach(this::awaitReceipt);
        assertThat(desk().latest(1000).stream()
                        .filter(row -> row.getString("item").endsWith(key)))
                .hasSize(1);
        assertThat(desk().postRepeatably(order, "a key").statusCode()).isEqualTo(400);
    }

    /** As if the server had died that has placed the order with this key, and recovery had not decided about it yet. */
    @Test
    void requestWhoseKeyIsReservedIsRefusedUntilItIsNot() {
        String key = UUID.randomUUID().toString();
        String order = "{\"item\":\"glass " + key + "\",\"quantity\":1}";
        String branches = orders.key("prepared").replace(orders.name(), "reserved-" + key);
        orders.call("HSET", branches, "branch", "");
        orders.call("SET", orders.key("dedup:" + key), "another-id reserved-" + key + " branch");

        HttpResponse<String> refused = desk().postRepeatably(order, key);
        orders.call("DEL", branches);
        String id = OrderDeskClient.id(desk().postRepeatably(order, key)).orElseThrow();

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).hasValue("5");
        awaitReceipt(id);
        assertThat(desk().latest(1000).stream()
                        .filter(row -> row.getString("item").endsWith(key)))
                .hasSize(1);
    }

    @Test
    void statisticsCountEachFulfilledOrderOnceInFewerRows() {
        desk().awaitCounted(); // those of other tests
        JsonObject before = desk().json("/sales").asJsonObject();
        List<String> ids = Stream.generate(() -> orders.push("{\"item\":\"pen\",\"quantity\":3}"))
                .limit(30)
                .toList();
        ids.forEach(this::awaitReceipt);
        desk().awaitCounted();

        assertThat(queue("statistics")).within(PATIENCE).isEmpty();
        assertThat(growth(before, "orders")).isEqualTo(30);
        assertThat(growth(before, "items")).isEqualTo(90);
        assertThat(growth(before, "rows")).isLessThan(30);
    }

    private int growth(JsonObject before, String figure) {
        return desk().json("/sales").asJsonObject().getInt(figure) - before.getInt(figure);
    }

    private JsonObject database() {
        return desk().json("/database").asJsonObject();
    }

    private boolean isBreakerOpen() {
        return desk().json("/queues").asJsonArray().getValuesAs(JsonObject.class).stream()
                .anyMatch(queue -> queue.getBoolean("breakerOpen"));
    }

    @Test
    void invalidOrderIsRejectedWithTheReason() {
        assertThat(desk().post("{\"item\":\"\",\"quantity\":1}").statusCode()).isEqualTo(400);
        assertThat(desk().post("{\"item\":\"book\",\"quantity\":0}").body())
                .contains("quantity must be a whole number from 1 to 1000");
        assertThat(desk().post("{\"item\":\"book\",\"quantity\":1,\"customer\":\"Ada Lovelace\"}")
                        .body())
                .contains("customer must be 1 to 100 printable ASCII characters without spaces");
        assertThat(desk().post("{\"item\":\"book\",\"quantity\":1,\"deliverAfterSeconds\":0.5}")
                        .body())
                .contains("deliverAfterSeconds must be a whole number from 0 to 2592000");
        assertThat(desk().post("book").statusCode()).isEqualTo(400);
        assertThat(desk().post("/queues/orders", "{\"item\":\"\",\"quantity\":1}")
                        .body())
                .contains("item is missing");
        assertThat(desk().post("/database/outage?seconds=61", "").body())
                .contains("seconds is not a number from 1 to 60");
        assertThat(desk().get("/orders/unknown").statusCode()).isEqualTo(404);
    }

    @Test
    void pageIsServed() {
        HttpResponse<String> page = desk().get("/");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<form", "order-desk.js");
    }
}
