// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A user of the console. */
final class ConsoleClient {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String user;

    private ConsoleClient(String user) {
        this.user = user;
    }

    static ConsoleClient viewer() {
        return new ConsoleClient("vera");
    }

    static ConsoleClient operator() {
        return new ConsoleClient("olga");
    }

    static ConsoleClient withoutRole() {
        return new ConsoleClient("nora");
    }

    static ConsoleClient withLongName() {
        return new ConsoleClient(ConsoleServer.LONG_NAME);
    }

    static ConsoleClient anonymous() {
        return new ConsoleClient("");
    }

    /** Starts a request for a path relative to the page. */
    HttpRequest.Builder request(String path) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(ConsoleServer.address().toString() + path));
        if (!user.isEmpty()) {
            String credentials = Base64.getEncoder().encodeToString((user + ":pw").getBytes(StandardCharsets.UTF_8));
            request.header("Authorization", "Basic " + credentials);
        }
        return request;
    }

    HttpResponse<String> get(String path) {
        return send(request(path));
    }

    /** Sends a change with a JSON body, as the page does. */
    HttpResponse<String> change(String method, String path, String body) {
        return send(request(path)
                .header("X-Redis-Queue", "1")
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }

    HttpResponse<String> post(String path, String body) {
        return change("POST", path, body);
    }

    HttpResponse<String> delete(String path) {
        return send(request(path).header("X-Redis-Queue", "1").DELETE());
    }

    static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static JsonStructure json(HttpResponse<String> response) {
        try (JsonReader reader = Json.createReader(new StringReader(response.body()))) {
            return reader.read();
        }
    }

    static JsonObject object(HttpResponse<String> response) {
        return json(response).asJsonObject();
    }
}
