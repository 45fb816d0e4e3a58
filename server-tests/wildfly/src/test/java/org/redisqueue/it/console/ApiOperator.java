// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import jakarta.json.JsonObject;
import jakarta.json.JsonStructure;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.it.console.app.AdminServlet;

/** The Java API, called by an application on the server. */
final class ApiOperator extends JsonOperator {

    private final URI servlet;

    ApiOperator(URI application) {
        servlet = application.resolve(AdminServlet.PATH.substring(1));
    }

    @Override
    public String actor() {
        return AdminServlet.ACTOR;
    }

    @Override
    public String via() {
        return AdminServlet.VIA;
    }

    @Override
    public Letter findPoison(String queue, String reason) {
        JsonObject found = objects(object("browse", "queue", queue, "place", "DEAD"), "messages").stream()
                .filter(message -> message.getString("reason").contains(reason))
                .findFirst()
                .orElseThrow();
        return letter(found, object("message", "queue", queue, "id", found.getString("id")));
    }

    @Override
    public void editBody(String queue, String id, String body) {
        String version = object("message", "queue", queue, "id", id).getString("version");
        call("editBody", "queue", queue, "id", id, "body", body, "version", version);
    }

    @Override
    public Progress requeue(String queue, String id) {
        return awaitEnd(job("requeueById", "queue", queue, "id", id), progress -> {});
    }

    @Override
    public Progress requeueAll(String queue, String reason, Consumer<Progress> watcher) {
        return awaitEnd(job("requeueByReason", "queue", queue, "reason", reason), watcher);
    }

    @Override
    public void pause(String queue, Duration duration) {
        call("pause", "queue", queue, "duration", duration.toString());
    }

    @Override
    public void resume(String queue) {
        call("resume", "queue", queue);
    }

    @Override
    public QueueView queue(String queue) {
        return queueView(object("queue", "queue", queue));
    }

    @Override
    public List<HeldMessage> held(String queue) {
        return objects(object("browse", "queue", queue, "place", "DELIVERING"), "messages").stream()
                .map(JsonOperator::heldMessage)
                .toList();
    }

    @Override
    public List<Server> servers() {
        return objects(read("servers")).stream().map(JsonOperator::server).toList();
    }

    @Override
    public List<Branch> inDoubt() {
        return objects(read("inDoubt")).stream().map(JsonOperator::branch).toList();
    }

    @Override
    public void decide(String xid, Decision decision) {
        call("decide", "xid", xid, "decision", decision.name());
    }

    @Override
    public Progress move(String queue, String id, String target) {
        return awaitEnd(job("move", "queue", queue, "id", id, "target", target), progress -> {});
    }

    @Override
    public Progress deleteQueue(String queue) {
        return awaitEnd(job("deleteQueue", "queue", queue), progress -> {});
    }

    @Override
    public List<Damage> check(String queue, Duration pause) {
        return damages(object("check", "queue", queue, "pause", pause.toString()), "findings");
    }

    @Override
    public Repair repair(String queue, Duration pause) {
        return repair(object("repair", "queue", queue, "pause", pause.toString()));
    }

    @Override
    public List<Entry> audit() {
        return objects(read("audit")).stream().map(JsonOperator::entry).toList();
    }

    private Supplier<JsonObject> job(String operation, String... parameters) {
        String id = object(operation, parameters).getString("id");
        return () -> object("job", "id", id);
    }

    private JsonObject object(String operation, String... parameters) {
        return read(operation, parameters).asJsonObject();
    }

    private JsonStructure read(String operation, String... parameters) {
        return parse(call(operation, parameters));
    }

    private String call(String operation, String... parameters) {
        List<String> form = new ArrayList<>(List.of("operation=" + operation));
        for (int i = 0; i < parameters.length; i += 2) {
            form.add(parameters[i] + "=" + URLEncoder.encode(parameters[i + 1], StandardCharsets.UTF_8));
        }
        HttpResponse<String> response = ConsoleUser.send(HttpRequest.newBuilder(servlet)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(String.join("&", form))));
        if (response.statusCode() / 100 != 2) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
        return response.body();
    }
}
