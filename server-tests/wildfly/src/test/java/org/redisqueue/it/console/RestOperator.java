// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.launchers.server.ServerUser;

/** The REST API of the console. */
final class RestOperator extends JsonOperator {

    private final ConsoleUser user;

    RestOperator(URI console) {
        user = new ConsoleUser(console, ServerUser.OPERATOR);
    }

    @Override
    public String actor() {
        return ServerUser.OPERATOR.userName();
    }

    @Override
    public String via() {
        return "console";
    }

    @Override
    public Letter findPoison(String queue, String reason) {
        JsonObject found = objects(messages(queue, "dead"), "messages").stream()
                .filter(message -> message.getString("reason").contains(reason))
                .findFirst()
                .orElseThrow();
        return letter(found, read("queues/" + queue + "/messages/" + found.getString("key")));
    }

    private JsonObject messages(String queue, String place) {
        return read("queues/" + queue + "/messages?place=" + place);
    }

    @Override
    public void editBody(String queue, String id, String body) {
        String message = "api/queues/" + queue + "/messages/" + ConsoleUser.key(id);
        String version = user.get(message).headers().firstValue("ETag").orElseThrow();
        succeeded(ConsoleUser.send(user.request(message + "/body")
                .header("X-Redis-Queue", "1")
                .header("Content-Type", "application/json")
                .header("If-Match", version)
                .PUT(BodyPublishers.ofString(
                        Json.createObjectBuilder().add("body", body).build().toString()))));
    }

    @Override
    public Progress requeue(String queue, String id) {
        return awaitEnd(start("POST", "queues/" + queue + "/dead/requeue", ids(id)), progress -> {});
    }

    private static JsonObject ids(String id) {
        return Json.createObjectBuilder()
                .add("ids", Json.createArrayBuilder().add(id))
                .build();
    }

    @Override
    public Progress requeueAll(String queue, String reason, Consumer<Progress> watcher) {
        JsonObject selection = Json.createObjectBuilder()
                .add("filter", Json.createObjectBuilder().add("reasonContains", reason))
                .build();
        return awaitEnd(start("POST", "queues/" + queue + "/dead/requeue", selection), watcher);
    }

    @Override
    public void pause(String queue, Duration duration) {
        change("POST", "queues/" + queue + "/pause", number("seconds", duration.toSeconds()));
    }

    private static JsonObject number(String name, long value) {
        return Json.createObjectBuilder().add(name, value).build();
    }

    @Override
    public void resume(String queue) {
        change("POST", "queues/" + queue + "/resume", JsonObject.EMPTY_JSON_OBJECT);
    }

    @Override
    public QueueView queue(String queue) {
        return queueView(read("queues/" + queue));
    }

    @Override
    public List<HeldMessage> held(String queue) {
        return objects(messages(queue, "delivering"), "messages").stream()
                .map(JsonOperator::heldMessage)
                .toList();
    }

    @Override
    public List<Server> servers() {
        return objects(user.read("servers")).stream().map(JsonOperator::server).toList();
    }

    @Override
    public List<Branch> inDoubt() {
        return objects(user.read("in-doubt")).stream().map(JsonOperator::branch).toList();
    }

    @Override
    public void decide(String xid, Decision decision) {
        change(
                "POST",
                "in-doubt/" + xid,
                Json.createObjectBuilder()
                        .add("decision", decision.name().toLowerCase(Locale.ROOT))
                        .add("force", true)
                        .build());
    }

    @Override
    public Progress move(String queue, String id, String target) {
        JsonObject request =
                Json.createObjectBuilder(ids(id)).add("target", target).build();
        return awaitEnd(start("POST", "queues/" + queue + "/move", request), progress -> {});
    }

    @Override
    public Progress deleteQueue(String queue) {
        return awaitEnd(start("DELETE", "queues/" + queue, JsonObject.EMPTY_JSON_OBJECT), progress -> {});
    }

    @Override
    public List<Damage> check(String queue, Duration pause) {
        return damages(checked(queue, pause), "findings");
    }

    private JsonObject checked(String queue, Duration pause) {
        return read("check?queue=" + URLEncoder.encode(queue, StandardCharsets.UTF_8) + "&pauseSeconds="
                + pause.toSeconds());
    }

    @Override
    public Repair repair(String queue, Duration pause) {
        JsonArray findings = checked(queue, pause).getJsonArray("findings");
        return repair(ConsoleUser.json(change(
                        "POST",
                        "repair",
                        Json.createObjectBuilder().add("findings", findings).build()))
                .asJsonObject());
    }

    @Override
    public List<Entry> audit() {
        return objects(user.read("audit")).stream().map(JsonOperator::entry).toList();
    }

    private JsonObject read(String path) {
        return ConsoleUser.json(succeeded(user.get("api/" + path))).asJsonObject();
    }

    /** Starts a job and returns how to read its progress. */
    private java.util.function.Supplier<JsonObject> start(String method, String path, JsonObject body) {
        String job = ConsoleUser.json(change(method, path, body)).asJsonObject().getString("job");
        return () -> read("jobs/" + job);
    }

    private HttpResponse<String> change(String method, String path, JsonObject body) {
        return succeeded(user.change(method, path, body.toString()));
    }

    private static HttpResponse<String> succeeded(HttpResponse<String> response) {
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
        return response;
    }
}
