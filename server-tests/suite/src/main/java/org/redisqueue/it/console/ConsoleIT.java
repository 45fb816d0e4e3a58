// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.container.test.api.OperateOnDeployment;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.arquillian.test.api.ArquillianResource;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.it.app.OrderListener;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.launchers.server.ServerUser;
import org.redisqueue.ra.testing.TestRedis;

/** The console as it is delivered, next to an adapter that is deployed on its own. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.CONSOLE)
@Tag("with-users")
@RunAsClient
class ConsoleIT {

    private static final String CONSOLE = "console";

    @ArquillianResource
    @OperateOnDeployment(CONSOLE)
    private URL url;

    @Deployment(name = CONSOLE, testable = false)
    static WebArchive console() {
        return Archives.console();
    }

    @Deployment(name = "orders", testable = false)
    static WebArchive orders() {
        return Archives.war(Beans.ofDefault().consuming("console.orders", OrderListener.class));
    }

    private ConsoleUser as(ServerUser user) {
        return new ConsoleUser(URI.create(url.getProtocol() + "://" + url.getAuthority() + "/redis-queue/"), user);
    }

    private static Queue queue(String name) {
        return new Queue(TestRedis.shared()::call, name);
    }

    @Test
    void poisonMessageIsFoundCorrectedAndRequeued() {
        ConsoleUser operator = as(ServerUser.OPERATOR);
        Queue queue = queue("console.orders");
        String id = "poison/../%2F?<b>";
        queue.push(id, "{\"article\": \"kettle\", \"quantity\": oops}");
        await().until(() -> queue.dead().contains(id));

        JsonObject letter = operator.read("queues/console.orders/messages?place=dead")
                .asJsonObject()
                .getJsonArray("messages")
                .getJsonObject(0);
        assertThat(letter.getString("id")).isEqualTo(id);
        assertThat(letter.getString("reason")).isNotBlank();
        String path = "queues/console.orders/messages/" + letter.getString("key");
        assertThat(operator.read(path).asJsonObject().getString("body")).contains("oops");

        HttpResponse<String> edited = operator.change(
                "PUT", path + "/body", "{\"body\":\"{\\\"article\\\":\\\"kettle\\\",\\\"quantity\\\":2}\"}");
        assertThat(edited.statusCode()).as(edited.body()).isEqualTo(204);
        HttpResponse<String> started =
                operator.change("POST", "queues/console.orders/dead/requeue", "{\"filter\":{\"olderThanSeconds\":0}}");
        assertThat(started.statusCode()).as(started.body()).isEqualTo(202);
        String job = ConsoleUser.json(started).asJsonObject().getString("job");
        await().until(() ->
                operator.read("jobs/" + job).asJsonObject().getString("state").equals("done"));

        await().until(() -> !queue.exists(id));
        assertThat(queue.dead()).isEmpty();
    }

    @Test
    void queueIsPausedAndTheAuditNamesTheOperator() {
        ConsoleUser operator = as(ServerUser.OPERATOR);

        assertThat(operator.change("POST", "queues/console.paused/pause", "{\"seconds\":600}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(operator.read("queues/console.paused").asJsonObject().getBoolean("paused"))
                .isTrue();
        HttpResponse<String> resumed = ConsoleUser.send(operator.request("api/queues/console.paused/resume")
                .header("X-Redis-Queue", "1")
                .POST(BodyPublishers.noBody()));
        assertThat(resumed.statusCode()).isEqualTo(204);
        assertThat(operator.read("queues/console.paused").asJsonObject().getBoolean("paused"))
                .isFalse();

        assertThat(operator.read("audit").asJsonArray().getValuesAs(JsonValue::asJsonObject))
                .anySatisfy(entry -> {
                    assertThat(entry.getString("actor")).isEqualTo("operator");
                    assertThat(entry.getString("via")).isEqualTo("console");
                    assertThat(entry.getString("action")).isEqualTo("pause");
                    assertThat(entry.get("queue").toString()).isEqualTo("\"console.paused\"");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "index.html", "js/main.js", "api/queues", "metrics", "api/nothing"})
    void nobodyReadsWithoutARole(String path) {
        HttpResponse<String> anonymous = ConsoleUser.send(HttpRequest.newBuilder(
                URI.create(url.getProtocol() + "://" + url.getAuthority() + "/redis-queue/" + path)));
        HttpResponse<String> withoutRole = as(ServerUser.WITHOUT_ROLE).get(path);

        assertThat(anonymous.statusCode()).isEqualTo(401);
        assertThat(withoutRole.statusCode()).isEqualTo(403);
        assertThat(withoutRole.body()).doesNotContain("Exception");
    }

    @Test
    void viewerReadsButChangesNothing() {
        ConsoleUser viewer = as(ServerUser.VIEWER);
        Queue queue = queue("console.viewed");
        queue.push("id", "body");

        assertThat(viewer.read("queues/console.viewed").asJsonObject().getInt("ready"))
                .isEqualTo(1);
        assertThat(viewer.change("POST", "queues/console.viewed/purge", "{}").statusCode())
                .isEqualTo(403);
        assertThat(viewer.change("DELETE", "queues/console.viewed/messages/" + ConsoleUser.key("id"), "")
                        .statusCode())
                .isEqualTo(403);
        assertThat(queue.ready()).containsExactly("id");
    }

    @Test
    void requestThatAnotherSiteCausesIsRefused() {
        ConsoleUser operator = as(ServerUser.OPERATOR);
        Queue queue = queue("console.forged");
        queue.push("id", "body");

        HttpResponse<String> form = ConsoleUser.send(operator.request("api/queues/console.forged/purge")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{}")));
        HttpResponse<String> withoutBody = ConsoleUser.send(
                operator.request("api/queues/console.forged/purge").POST(BodyPublishers.noBody()));

        assertThat(form.statusCode()).isEqualTo(403);
        assertThat(withoutBody.statusCode()).isEqualTo(403);
        assertThat(queue.ready()).containsExactly("id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..%2fWEB-INF/web.xml",
                "%2e%2e/WEB-INF/web.xml",
                "WEB-INF/web.xml",
                "js/..%2f..%2fWEB-INF/web.xml"
            })
    void filesOfTheApplicationAreNotServed(String path) {
        HttpResponse<String> response = as(ServerUser.OPERATOR).get(path);

        assertThat(response.statusCode()).isIn(400, 403, 404);
        assertThat(response.body()).doesNotContain("web-app");
    }

    @Test
    void pageAndErrorsRestrictTheBrowser() {
        ConsoleUser viewer = as(ServerUser.VIEWER);

        assertThat(viewer.get("").body()).contains("<title>Redis Queue Console</title>");
        for (String path : new String[] {"", "api/queues", "api/nothing", "nothing", "metrics"}) {
            HttpResponse<String> response = viewer.get(path);
            assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'");
            assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        }
    }

    @Test
    void errorsAreProblemDocuments() {
        ConsoleUser operator = as(ServerUser.OPERATOR);

        isProblem(operator.get("api/nothing"), 404);
        isProblem(operator.get("api/queues/console.orders/messages?place=nowhere"), 400);
        isProblem(operator.get("api/queues/console.orders/messages?limit=501"), 400);
        isProblem(operator.get("api/queues/console.orders/messages/" + ConsoleUser.key("nothing")), 404);
        isProblem(operator.change("POST", "queues/console.orders/dead/delete", "{"), 400);
        isProblem(operator.change("POST", "queues/console.orders/dead/delete", ""), 400);
        isProblem(operator.change("POST", "queues", "{}"), 405);
        isProblem(operator.change("POST", "in-doubt/00020005-01-02", "{\"decision\":\"commit\"}"), 404);
    }

    private static void isProblem(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        assertThat(ConsoleUser.json(response).asJsonObject().getInt("status")).isEqualTo(status);
    }

    @Test
    void metricsCountTheMessages() {
        queue("console.orders").push("metrics-1", "{\"article\": \"kettle\", \"quantity\": oops}");
        await().until(() -> as(ServerUser.VIEWER)
                .get("metrics")
                .body()
                .contains("redis_queue_messages{place=\"dead\",queue=\"console.orders\",scope=\"redis\"} 1.0"));
        as(ServerUser.OPERATOR).change("POST", "queues/console.orders/dead/delete", "{\"ids\":[\"metrics-1\"]}");
        await().until(() -> queue("console.orders").dead().isEmpty());
    }
}
