// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.Archive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.ra.testing.TestRedis;

/** The example does what its page promises. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.IN_APPLICATION)
@Shows(Capability.ORDER_DESK)
@RunAsClient
class OrderDeskIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newHttpClient();
    private final Queue orders = new Queue(TestRedis.shared()::call, "orders");
    private final Queue receipts = new Queue(TestRedis.shared()::call, "receipts");

    @ArquillianResource
    private URL server;

    @Deployment(testable = false)
    static Archive<?> orderDesk() {
        return TestedServer.current().example();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpRequest.Builder at(String path) {
        return HttpRequest.newBuilder(URI.create(server.getProtocol() + "://" + server.getAuthority() + path));
    }

    private HttpResponse<String> post(String order) {
        return send(at("/orders").header("Content-Type", "application/json").POST(BodyPublishers.ofString(order)));
    }

    private String place(String item) {
        HttpResponse<String> answer = post("{\"item\":\"%s\",\"quantity\":2}".formatted(item));
        assertThat(answer.statusCode()).isEqualTo(202);
        return json(answer).asJsonObject().getString("id");
    }

    private JsonValue get(String path) {
        HttpResponse<String> answer = send(at(path));
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return json(answer);
    }

    private static JsonValue json(HttpResponse<String> answer) {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readValue();
        }
    }

    private void awaitReceipt(String id) {
        await().atMost(PATIENCE).untilAsserted(() -> {
            HttpResponse<String> answer = send(at("/orders/" + id));
            assertThat(answer.body()).contains("\"status\":\"RECEIPTED\"");
        });
    }

    private int deliveries(String id) {
        return get("/orders/" + id).asJsonObject().getInt("deliveries");
    }

    @Test
    void orders_placed_here_and_pushed_by_others_get_their_receipts_and_leave_nothing_in_redis() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            ids.add(place("book"));
            ids.add(orders.push("{\"item\":\"pen\",\"quantity\":1}"));
        }
        ids.forEach(this::awaitReceipt);
        assertThat(ids).allSatisfy(id -> assertThat(deliveries(id)).isEqualTo(1));
        assertThat(get("/orders?limit=5").asJsonArray()).hasSize(5);
        for (Queue queue : List.of(orders, receipts)) {
            await().atMost(PATIENCE).until(() -> queue.processing().isEmpty());
            assertThat(queue.ready()).isEmpty();
        }
        assertThat(ids).noneMatch(orders::exists);
        assertThat(receipts.keysLike(receipts.key("message:*"))).isEmpty();
    }

    @Test
    void a_flaky_order_is_delivered_three_times() {
        String id = place("flaky");
        awaitReceipt(id);
        assertThat(deliveries(id)).isEqualTo(3);
    }

    @Test
    void a_broken_order_is_a_dead_letter_and_the_queue_goes_on() {
        String broken = place("broken");
        awaitReceipt(place("book"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(get("/queues/orders/dead").asJsonArray())
                        .anySatisfy(letter -> {
                            assertThat(letter.asJsonObject().getString("id")).isEqualTo(broken);
                            assertThat(letter.asJsonObject().getString("reason"))
                                    .isEqualTo("java.lang.IllegalStateException: A broken item always fails");
                            assertThat(letter.asJsonObject().getInt("deliveries"))
                                    .isEqualTo(4);
                        }));
        assertThat(get("/orders/" + broken).asJsonObject().getString("status")).isEqualTo("PLACED");
        assertThat(get("/queues").asJsonArray()).anySatisfy(queue -> {
            assertThat(queue.asJsonObject().getString("name")).isEqualTo("orders");
            assertThat(queue.asJsonObject().getInt("dead")).isPositive();
        });
    }

    @Test
    void a_slow_order_is_in_processing_until_its_commit() {
        String id = place("slow");
        await().atMost(PATIENCE)
                .until(() -> orders.processing().keySet().stream().anyMatch(entry -> entry.startsWith(id + " ")));
        assertThat(orders.exists(id)).isTrue();
        awaitReceipt(id);
        assertThat(orders.exists(id)).isFalse();
        assertThat(orders.processing().keySet()).noneMatch(entry -> entry.startsWith(id + " "));
    }

    @Test
    void what_is_no_order_is_refused_with_the_reason() {
        assertThat(post("{\"item\":\"\",\"quantity\":1}").statusCode()).isEqualTo(400);
        assertThat(post("{\"item\":\"book\",\"quantity\":0}").body())
                .contains("quantity is not a whole number from 1 to 1000");
        assertThat(post("book").statusCode()).isEqualTo(400);
        assertThat(send(at("/orders/unknown")).statusCode()).isEqualTo(404);
    }

    @Test
    void the_page_is_there() {
        HttpResponse<String> page = send(at("/"));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body()).contains("<form", "order-desk.js");
    }
}
