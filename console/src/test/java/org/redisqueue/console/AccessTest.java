// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.console.ConsoleServer.ADMIN;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what, and requests that other sites cause. */
class AccessTest {

    private static final String DELETE = "api/queues/orders/dead/delete";
    private static final String ALL = "{\"all\":true}";

    @BeforeEach
    void reset() {
        ADMIN.reset();
    }

    @AfterEach
    void changesNothing() {
        assertThat(ADMIN.calls()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "index.html", "api/queues", "api/openapi.json", "api/unknown", "metrics", "error"})
    void nobodyReadsWithoutARole(String path) {
        HttpResponse<String> anonymous = ConsoleClient.anonymous().get(path);
        HttpResponse<String> withoutRole = ConsoleClient.withoutRole().get(path);

        assertThat(anonymous.statusCode()).isEqualTo(401);
        assertThat(anonymous.headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Basic");
        assertThat(withoutRole.statusCode()).isEqualTo(403);
        assertThat(withoutRole.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(ConsoleClient.object(withoutRole).getInt("status")).isEqualTo(403);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, api/queues/orders/dead/delete",
        "POST, api/queues/orders/dead/requeue",
        "POST, api/queues/orders/pause",
        "POST, api/queues/orders/resume",
        "POST, api/queues/orders/purge",
        "POST, api/queues/orders/move",
        "DELETE, api/queues/orders",
        "DELETE, api/queues/orders/messages/YQ",
        "PUT, api/queues/orders/messages/YQ/body",
        "POST, api/in-doubt/1-2-3",
        "POST, api/repair",
    })
    void viewerChangesNothing(String method, String path) {
        HttpResponse<String> response = ConsoleClient.viewer().change(method, path, ALL);

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(ConsoleClient.anonymous().change(method, path, ALL).statusCode())
                .isEqualTo(401);
        assertThat(ConsoleClient.withoutRole().change(method, path, ALL).statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", "x/y"})
    void contentTypeOfAFormIsRefused(String type) {
        isRefused(post().header("X-Redis-Queue", "1").header("Content-Type", type));
    }

    @Test
    void bodyWithoutContentTypeIsRefused() {
        isRefused(post().header("X-Redis-Queue", "1"));
    }

    @Test
    void changeWithoutTheHeaderIsRefused() {
        isRefused(post().header("Content-Type", "application/json"));
        isRefused(post().header("Content-Type", "application/json").header("X-Redis-Queue", "0"));
        isRefused(ConsoleClient.operator().request("api/queues/orders").DELETE());
    }

    private static HttpRequest.Builder post() {
        return ConsoleClient.operator().request(DELETE).POST(BodyPublishers.ofString(ALL));
    }

    private static void isRefused(HttpRequest.Builder request) {
        HttpResponse<String> response = ConsoleClient.send(request);

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(ConsoleClient.object(response).getString("title")).isEqualTo("Forbidden");
    }

    @Test
    void requestOfAnotherSiteIsRefused() {
        isRefused(ConsoleClient.viewer().request("api/check").header("Sec-Fetch-Site", "cross-site"));
        isRefused(ConsoleClient.operator()
                .request("api/queues/orders")
                .header("Sec-Fetch-Site", "cross-site")
                .header("X-Redis-Queue", "1")
                .DELETE());
    }

    @Test
    void linkOfAnotherSiteOpensThePage() {
        HttpResponse<String> response =
                ConsoleClient.send(ConsoleClient.viewer().request("").header("Sec-Fetch-Site", "cross-site"));

        assertThat(response.statusCode()).isEqualTo(200);
    }

    @Test
    void otherOriginsGetNoPermission() {
        HttpResponse<String> preflight = ConsoleClient.send(ConsoleClient.operator()
                .request(DELETE)
                .header("Origin", "https://evil.example")
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "x-redis-queue,content-type")
                .method("OPTIONS", BodyPublishers.noBody()));

        assertThat(preflight.statusCode()).isEqualTo(405);
        assertThat(preflight.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
    }

    @Test
    void noSessionIsCreated() {
        assertThat(ConsoleClient.viewer().get("api/caller").headers().map()).doesNotContainKey("set-cookie");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRACE", "PATCH", "PROPFIND"})
    void otherMethodsAreRefused(String method) {
        HttpResponse<String> response = ConsoleClient.send(
                ConsoleClient.operator().request("api/queues").method(method, BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..%2f..%2fWEB-INF/web.xml",
                "%2e%2e/WEB-INF/web.xml",
                "WEB-INF/web.xml",
                "WEB-INF/classes/org/redisqueue/console/rest/Problems.class",
                "api/..%2f..%2fWEB-INF%2fweb.xml",
                "api/queues/..%5c..%5cx"
            })
    void filesOfTheApplicationAreNotServed(String path) {
        HttpResponse<String> response = ConsoleClient.operator().get(path);

        assertThat(response.statusCode()).isIn(400, 404);
        assertThat(response.body()).doesNotContain("web-app");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "index.html", "api/caller", "api/unknown", "unknown", "error"})
    void everyResponseRestrictsTheBrowser(String path) {
        HttpResponse<String> response = ConsoleClient.viewer().get(path);

        assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(response.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    }
}
