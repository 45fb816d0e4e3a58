// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import jakarta.json.Json;
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
import org.redisqueue.launchers.server.ServerUser;

/** A user of the console. */
public final class ConsoleUser {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final URI console;
    private final ServerUser user;

    /** @param console the address of the console, which ends with a slash */
    public ConsoleUser(URI console, ServerUser user) {
        this.console = console;
        this.user = user;
    }

    public HttpResponse<String> get(String path) {
        return send(request(path));
    }

    /** Reads JSON from the API. */
    public JsonStructure read(String path) {
        return json(get("api/" + path));
    }

    /** Sends a change to the API, as the page does. */
    HttpResponse<String> change(String method, String path, String body) {
        return send(request("api/" + path)
                .header("X-Redis-Queue", "1")
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(body)));
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(console + path)).header("Authorization", user.authorization());
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

    /** An id as paths contain it. */
    static String key(String id) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(id.getBytes(StandardCharsets.UTF_8));
    }
}
