// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.console.ConsoleServer.ADMIN;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.console.json.MessageIds;
import org.redisqueue.console.json.RequestBody;

/** What operators change. */
class ChangingTest {

    private final ConsoleClient operator = ConsoleClient.operator();

    @BeforeEach
    void reset() {
        ADMIN.reset();
    }

    @ParameterizedTest
    @CsvSource({"requeue, requeue", "delete, delete"})
    void deadLettersAreSelectedByIdsFilterOrAll(String path, String call) {
        String url = "api/queues/orders/dead/" + path;
        String filter = "{\"filter\":{\"reasonContains\":\"boom\",\"olderThanSeconds\":60,"
                + "\"header\":{\"name\":\"type\",\"value\":\"order\"}}}";

        HttpResponse<String> response = operator.post(url, "{\"ids\":[\"a/b\",\"..\"]}");
        operator.post(url, filter);
        operator.post(url, "{\"all\":true}");

        assertThat(response.statusCode()).isEqualTo(202);
        assertThat(response.body()).isEqualTo("{\"job\":\"orders~1\"}");
        assertThat(response.headers().firstValue("Location").orElseThrow()).endsWith("/redis-queue/api/jobs/orders~1");
        MessageSelection filtered = MessageSelection.all()
                .reasonContains("boom")
                .olderThan(Duration.ofMinutes(1))
                .header("type", "order");
        assertThat(ADMIN.calls())
                .containsExactly(
                        "as[olga, console]",
                        call + "[orders, " + MessageSelection.ids(List.of("a/b", "..")) + "]",
                        "as[olga, console]",
                        call + "[orders, " + filtered + "]",
                        "as[olga, console]",
                        call + "[orders, " + MessageSelection.all() + "]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "null",
                "{",
                "{\"all\":false}",
                "{\"all\":\"yes\"}",
                "{\"all\":true,\"ids\":[]}",
                "{\"ids\":\"a\"}",
                "{\"ids\":[1]}",
                "{\"ids\":[\"\\ud800\"]}",
                "{\"filter\":{}}",
                "{\"filter\":[]}",
                "{\"filter\":{\"reasonContain\":\"x\"}}",
                "{\"filter\":{\"olderThanSeconds\":-1}}",
                "{\"filter\":{\"olderThanSeconds\":1.5}}",
                "{\"filter\":{\"olderThanSeconds\":1e999999999}}",
                "{\"filter\":{\"olderThanSeconds\":\"60\"}}",
                "{\"filter\":{\"header\":{\"name\":\"x\"}}}"
            })
    void invalidSelectionChangesNothing(String body) {
        HttpResponse<String> response = operator.post("api/queues/orders/dead/delete", body);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(ADMIN.calls()).isEmpty();
    }

    @Test
    void tooManyIdsAreRefused() {
        String ids = "\"x\",".repeat(MessageSelection.MAX_IDS) + "\"x\"";

        assertThat(operator.post("api/queues/orders/dead/delete", "{\"ids\":[" + ids + "]}")
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void queueIsPausedForATimeOrUntilItIsResumed() {
        assertThat(operator.post("api/queues/orders/pause", "{\"seconds\":600}").statusCode())
                .isEqualTo(204);
        operator.post("api/queues/orders/pause", "{}");
        assertThat(operator.post("api/queues/orders/resume", "").statusCode()).isEqualTo(204);

        assertThat(ADMIN.calls()).contains("pause[orders, PT10M]", "pause[orders, null]", "resume[orders]");
    }

    @Test
    void limitsAreReadSetAndRemoved() {
        HttpResponse<String> settings = operator.get("api/queues/orders/settings");
        HttpResponse<String> set =
                operator.change("PUT", "api/queues/~Li4/settings/maxQueueConcurrency", "{\"value\":\"5\"}");
        HttpResponse<String> removed = operator.delete("api/queues/orders/settings/rateLimit");

        assertThat(settings.body()).isEqualTo("{\"rateLimit\":\"100/s\"}");
        assertThat(set.statusCode()).isEqualTo(204);
        assertThat(removed.statusCode()).isEqualTo(204);
        assertThat(ADMIN.calls())
                .contains("changeSetting[.., maxQueueConcurrency, 5]", "changeSetting[orders, rateLimit, null]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"value\":null}", "{\"value\":5}", "{\"values\":\"5\"}"})
    void limitWithoutAValueChangesNothing(String body) {
        assertThat(operator.change("PUT", "api/queues/orders/settings/rateLimit", body)
                        .statusCode())
                .isEqualTo(400);
        assertThat(ADMIN.calls()).isEmpty();
    }

    @Test
    void queueIsBoundToATopicAndUnbound() {
        HttpResponse<String> bound = operator.change("PUT", "api/topics/events/queues/~Li4", "{}");
        HttpResponse<String> unbound = operator.delete("api/topics/events/queues/orders");

        assertThat(bound.body()).isEqualTo("{\"bound\":true}");
        assertThat(ConsoleClient.object(unbound).getBoolean("unbound")).isTrue();
        assertThat(ConsoleClient.object(unbound).getInt("preparedBranches")).isEqualTo(2);
        assertThat(ConsoleClient.object(unbound).getJsonObject("remaining").getString("name"))
                .isEqualTo("orders");
        assertThat(ADMIN.calls()).contains("bind[events, ..]", "unbind[events, orders]");
    }

    @Test
    void changeWithoutBodyNeedsNoContentType() {
        HttpResponse<String> response = ConsoleClient.send(operator.request("api/queues/orders/pause")
                .header("X-Redis-Queue", "1")
                .POST(BodyPublishers.noBody()));

        assertThat(response.statusCode()).isEqualTo(204);
    }

    @Test
    void messagesAreMovedPurgedAndDeletedWithTheQueue() {
        String move = "{\"target\":\"repair\",\"place\":\"ready\",\"all\":true}";

        assertThat(operator.post("api/queues/orders/move", move).statusCode()).isEqualTo(202);
        operator.post("api/queues/orders/move", "{\"target\":\"repair\",\"ids\":[\"a\"]}");
        assertThat(operator.post("api/queues/orders/purge", "").statusCode()).isEqualTo(202);
        assertThat(operator.delete("api/queues/orders").statusCode()).isEqualTo(202);

        assertThat(ADMIN.calls())
                .contains(
                        "move[orders, READY, " + MessageSelection.all() + ", repair]",
                        "move[orders, DEAD, " + MessageSelection.ids(List.of("a")) + ", repair]",
                        "purge[orders]",
                        "deleteQueue[orders]");
    }

    @Test
    void messageIsDeletedById() {
        assertThat(operator.delete("api/queues/orders/messages/" + MessageIds.encode("a/../b"))
                        .statusCode())
                .isEqualTo(204);

        assertThat(ADMIN.calls()).contains("deleteMessage[orders, a/../b]");
    }

    @Test
    void scheduledMessageIsCanceled() {
        HttpResponse<String> reply =
                operator.post("api/queues/orders/messages/" + MessageIds.encode("a") + "/cancel", "");

        assertThat(reply.statusCode()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("{\"canceled\":true}");
        assertThat(ADMIN.calls()).containsExactly("as[olga, console]", "cancelScheduled[orders, a]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"v1\"", "W/\"v1\"", "\"v0\", \"v1\"", "*"})
    void bodyIsReplacedInTheGivenVersion(String tags) {
        ADMIN.add("a", "broken");

        assertThat(edit(tags).statusCode()).isEqualTo(204);
        assertThat(ADMIN.calls())
                .containsExactly("as[olga, console]", "message[orders, a]", "editBody[orders, a, fixed €, v1]");
    }

    @Test
    void bodyOfAnotherVersionIsNotReplaced() {
        ADMIN.add("a", "broken");

        HttpResponse<String> response = edit("\"v0\"");

        assertThat(response.statusCode()).isEqualTo(412);
        assertThat(ConsoleClient.object(response).getString("detail")).contains("changed");
        assertThat(ADMIN.calls()).containsExactly("as[olga, console]", "message[orders, a]");
    }

    private HttpResponse<String> edit(String tags) {
        return ConsoleClient.send(operator.request("api/queues/orders/messages/YQ/body")
                .header("X-Redis-Queue", "1")
                .header("Content-Type", "application/json; charset=utf-8")
                .header("If-Match", tags)
                .PUT(BodyPublishers.ofString("{\"body\":\"fixed €\"}")));
    }

    @Test
    void bodyIsReplacedInTheCurrentVersionByDefault() {
        ADMIN.add("a", "broken");

        operator.change("PUT", "api/queues/orders/messages/YQ/body", "{\"body\":\"fixed\"}");

        assertThat(ADMIN.calls()).contains("editBody[orders, a, fixed, v1]");
    }

    @Test
    void branchIsDecided() {
        assertThat(operator.post("api/in-doubt/00020005-01-02", "{\"decision\":\"rollback\",\"force\":true}")
                        .statusCode())
                .isEqualTo(204);
        assertThat(operator.post("api/in-doubt/00020005-01-02", "{\"decision\":\"maybe\"}")
                        .statusCode())
                .isEqualTo(400);

        assertThat(ADMIN.calls()).containsOnlyOnce("decide[00020005-01-02, ROLLBACK, true]");
    }

    @Test
    void findingsOfACheckAreRepaired() {
        String findings = ConsoleClient.object(operator.get("api/check"))
                .getJsonArray("findings")
                .toString();

        HttpResponse<String> response = operator.post("api/repair", "{\"findings\":" + findings + "}");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(ConsoleClient.object(response).getJsonArray("repaired").toString())
                .isEqualTo(findings);
    }

    @Test
    void oversizedBodyIsRefused() {
        String body = "{\"body\":\"" + "x".repeat(RequestBody.MAX_SIZE) + "\"}";

        HttpResponse<String> announced = operator.change("PUT", "api/queues/orders/messages/YQ/body", body);
        HttpResponse<String> chunked = ConsoleClient.send(operator.request("api/queues/orders/messages/YQ/body")
                .header("X-Redis-Queue", "1")
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.fromPublisher(BodyPublishers.ofString(body))));

        assertThat(announced.statusCode()).isEqualTo(413);
        assertThat(chunked.statusCode()).isEqualTo(413);
        assertThat(ADMIN.calls()).isEmpty();
    }
}
