// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Calls the order desk like its page. Each call throws an {@link UncheckedIOException} if there is no response. */
final class OrderDeskClient {

    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final Duration COUNTED = Duration.ofSeconds(60);
    private static final int ACCEPTED = 202;

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;

    OrderDeskClient(URI address) {
        this.address = address;
    }

    URI address() {
        return address;
    }

    HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(address.resolve(path)));
    }

    /** Places an order. */
    HttpResponse<String> post(String order) {
        return post("/orders", order);
    }

    HttpResponse<String> post(String path, String order) {
        return send(posting(path, order));
    }

    /** Places an order in a request that may be repeated. */
    HttpResponse<String> postRepeatably(String order, String idempotencyKey) {
        return send(posting("/orders", order).header("Idempotency-Key", idempotencyKey));
    }

    private HttpRequest.Builder posting(String path, String order) {
        return HttpRequest.newBuilder(address.resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(order));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(ANSWER).build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Orders an item, and returns the id of the order; empty if the order desk rejects it. */
    Optional<String> order(String item) {
        return id(post("{\"item\":\"%s\",\"quantity\":2}".formatted(item)));
    }

    /** Sends an order to the queue without the database, and returns its id. */
    String send(String item) {
        return id(post("/queues/orders", "{\"item\":\"%s\",\"quantity\":2}".formatted(item)))
                .orElseThrow();
    }

    static Optional<String> id(HttpResponse<String> answer) {
        return answer.statusCode() == ACCEPTED
                ? Optional.of(parse(answer).asJsonObject().getString("id"))
                : Optional.empty();
    }

    /** The content at a path, which must exist. */
    JsonValue json(String path) {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return parse(answer);
    }

    /** The latest orders, newest first. */
    List<JsonObject> latest(int limit) {
        return json("/orders?limit=" + limit).asJsonArray().getValuesAs(JsonObject.class);
    }

    private static JsonValue parse(HttpResponse<String> answer) {
        try (JsonReader reader = Json.createReader(new StringReader(answer.body()))) {
            return reader.readValue();
        }
    }

    boolean isReceipted(String id) {
        return get("/orders/" + id).body().contains("\"status\":\"RECEIPTED\"");
    }

    /** Waits until the statistics contain each fulfilled order once. */
    void awaitCounted() {
        await("each fulfilled order is counted")
                .atMost(COUNTED)
                .untilAsserted(() -> assertThat(json("/sales").asJsonObject().getInt("orders"))
                        .isEqualTo((int) latest(1000).stream()
                                .filter(order -> order.containsKey("fulfilledAt"))
                                .count()));
    }
}
