// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.console.ConsoleServer.ADMIN;

import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.console.json.MessageIds;

/** What viewers see. */
class ReadingTest {

    private final ConsoleClient viewer = ConsoleClient.viewer();

    @BeforeEach
    void reset() {
        ADMIN.reset();
    }

    @Test
    void queuesHaveAllFields() {
        HttpResponse<String> response = viewer.get("api/queues");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        assertThat(response.body())
                .isEqualTo("[{\"name\":\"orders\",\"ready\":1,\"scheduled\":2,\"waiting\":3,"
                        + "\"redelivering\":4,\"delivering\":5,\"inDoubt\":6,\"dead\":7,\"oldestReadySeconds\":8,"
                        + "\"paused\":true,\"pausedUntil\":\"2026-05-04T03:02:01Z\",\"consumers\":9,"
                        + "\"deliveredPerMinute\":10,\"failedPerMinute\":11,"
                        + "\"settings\":{\"maxQueueConcurrency\":\"5\",\"rateLimit\":\"300/min\"}}]");
    }

    @Test
    void callsAreMadeOnBehalfOfThePrincipal() {
        viewer.get("api/queues");

        assertThat(ADMIN.calls()).containsExactly("as[vera, console]", "queues[]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b", "Some.Queue-1_x", "messages", "dead"})
    void queueIsFoundByName(String name) {
        assertThat(ConsoleClient.object(viewer.get("api/queues/" + name)).getString("name"))
                .isEqualTo(name);
    }

    @Test
    void queueOfDotsIsFoundByItsEncodedName() {
        assertThat(ConsoleClient.object(viewer.get("api/queues/~" + MessageIds.encode("..")))
                        .getString("name"))
                .isEqualTo("..");
    }

    @Test
    void pagePassesPlaceCursorAndLimit() {
        ADMIN.add("a", "body");

        JsonObject page =
                ConsoleClient.object(viewer.get("api/queues/orders/messages?place=inDoubt&cursor=c1&limit=7"));

        assertThat(ADMIN.calls()).contains("browse[orders, IN_DOUBT, c1, 7]");
        assertThat(page.getString("next")).isEqualTo("next");
        JsonObject message = page.getJsonArray("messages").getJsonObject(0);
        assertThat(message.getString("place")).isEqualTo("dead");
        assertThat(message.getJsonObject("holder").getString("listener")).isEqualTo("Listener.on");
        assertThat(message.isNull("due")).isTrue();
        assertThat(message.getString("group")).isEqualTo("g");
        assertThat(message.getInt("priority")).isEqualTo(7);
    }

    @Test
    void readyMessagesAreTheDefault() {
        viewer.get("api/queues/orders/messages");

        assertThat(ADMIN.calls()).contains("browse[orders, READY, null, 50]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"place=nowhere", "place=IN_DOUBT", "limit=many", "limit=99999999999"})
    void invalidParameterIsRefused(String query) {
        HttpResponse<String> response = viewer.get("api/queues/orders/messages?" + query);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(ADMIN.calls()).noneMatch(call -> call.startsWith("browse"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a/b", "100%", "what?", "..", ".", "a b", "ä€😀", "<script>", "a;b=c", "\\", "\"", "\u0000\n"})
    void messageIsFoundByAnyId(String id) {
        ADMIN.add(id, "the body");

        HttpResponse<String> response = viewer.get("api/queues/orders/messages/" + MessageIds.encode(id));

        assertThat(response.statusCode()).isEqualTo(200);
        JsonObject message = ConsoleClient.object(response);
        assertThat(message.getString("id")).isEqualTo(id);
        assertThat(message.getString("key")).isEqualTo(MessageIds.encode(id));
        assertThat(message.getString("body")).isEqualTo("the body");
        assertThat(response.headers().firstValue("ETag")).hasValue("\"v1\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%20b", "YQ==", "!", "_w", "%2e%2e"})
    void wronglyEncodedIdIsRefused(String id) {
        assertThat(viewer.get("api/queues/orders/messages/" + id).statusCode()).isIn(400, 404);
        assertThat(ADMIN.calls()).noneMatch(call -> call.startsWith("message"));
    }

    @Test
    void unknownMessageIsNotFound() {
        HttpResponse<String> response = viewer.get("api/queues/orders/messages/" + MessageIds.encode("x"));

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/problem+json");
    }

    @Test
    void bodyIsDownloadedAsAttachment() {
        ADMIN.add("a", "<script>alert(1)</script>");

        HttpResponse<String> response = viewer.get("api/queues/orders/messages/YQ/body");

        assertThat(response.body()).isEqualTo("<script>alert(1)</script>");
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/octet-stream");
        assertThat(response.headers().firstValue("Content-Disposition").orElseThrow())
                .startsWith("attachment");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }

    @Test
    void binaryBodyIsDownloadedDecoded() {
        ADMIN.addBinary("a", "aGk=");

        assertThat(viewer.get("api/queues/orders/messages/YQ/body").body()).isEqualTo("hi");
    }

    @Test
    void truncatedBodyIsNotDownloaded() {
        ADMIN.addTruncated("a");

        assertThat(viewer.get("api/queues/orders/messages/YQ/body").statusCode())
                .isEqualTo(409);
    }

    @Test
    void jobHasItsProgress() {
        JsonObject job = ConsoleClient.object(viewer.get("api/jobs/orders~1"));

        assertThat(job.getString("state")).isEqualTo("running");
        assertThat(job.getInt("done")).isEqualTo(10);
        assertThat(job.getInt("total")).isEqualTo(100);
        assertThat(viewer.get("api/jobs/orders~2").statusCode()).isEqualTo(404);
    }

    @Test
    void historyOfSeveralQueuesIsOneRequest() {
        assertThat(ConsoleClient.json(viewer.get("api/history?queue=a&queue=b&minutes=2"))
                        .asJsonArray())
                .hasSize(2);
        assertThat(ADMIN.calls()).contains("history[a, 2]", "history[b, 2]");
        assertThat(viewer.get("api/history").statusCode()).isEqualTo(400);
    }

    @Test
    void branchHasOwnerAgeAndMessages() {
        JsonObject branch =
                ConsoleClient.json(viewer.get("api/in-doubt")).asJsonArray().getJsonObject(0);

        assertThat(branch.getString("owner")).isEqualTo("node1");
        assertThat(branch.getInt("ageSeconds")).isEqualTo(90);
        assertThat(branch.getJsonArray("consumed").getJsonObject(0).getString("id"))
                .isEqualTo("a/b");
    }

    @Test
    void topicHasItsQueues() {
        JsonObject topic =
                ConsoleClient.json(viewer.get("api/topics")).asJsonArray().getJsonObject(0);

        assertThat(topic.toString()).isEqualTo("{\"name\":\"events\",\"queues\":[\"billing\",\"orders\"]}");
        assertThat(ConsoleClient.object(viewer.get("api/topics/events")).getString("name"))
                .isEqualTo("events");
        assertThat(ADMIN.calls()).contains("topic[events]");
    }

    @Test
    void serverHasItsListeners() {
        JsonObject server =
                ConsoleClient.json(viewer.get("api/servers")).asJsonArray().getJsonObject(0);

        assertThat(server.getString("host")).isEqualTo("host1");
        assertThat(server.getInt("unrouted")).isEqualTo(17);
        assertThat(server.getJsonArray("listeners").getJsonObject(0).getString("lastFailure"))
                .isEqualTo("broken");
    }

    @Test
    void checkPassesQueueAndPause() {
        JsonObject report = ConsoleClient.object(viewer.get("api/check?queue=orders&pauseSeconds=1"));

        assertThat(ADMIN.calls()).contains("check[orders, PT1S]");
        assertThat(report.getJsonArray("findings").getJsonObject(0).getString("kind"))
                .isEqualTo("readyTwice");
        assertThat(viewer.get("api/check?pauseSeconds=-1").statusCode()).isEqualTo(400);
        assertThat(viewer.get("api/check?pauseSeconds=301").statusCode()).isEqualTo(400);
    }

    @Test
    void auditNamesTheActor() {
        JsonObject entry = ConsoleClient.json(viewer.get("api/audit?before=9-0&limit=3"))
                .asJsonArray()
                .getJsonObject(0);

        assertThat(ADMIN.calls()).contains("audit[9-0, 3]");
        assertThat(entry.getString("actor")).isEqualTo("olga");
        assertThat(entry.getJsonObject("details").getString("duration")).isEqualTo("PT1M");
    }

    @Test
    void callerIsToldItsRole() {
        assertThat(viewer.get("api/caller").body()).isEqualTo("{\"name\":\"vera\",\"operator\":false}");
        assertThat(ConsoleClient.operator().get("api/caller").body())
                .isEqualTo("{\"name\":\"olga\",\"operator\":true}");
    }

    @Test
    void longNameOfACallerIsShortened() {
        assertThat(ConsoleClient.withLongName().get("api/queues").statusCode()).isEqualTo(200);

        assertThat(ADMIN.calls()).contains("as[" + "l".repeat(200) + ", console]");
    }
}
