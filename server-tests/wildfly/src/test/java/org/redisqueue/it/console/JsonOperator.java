// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import static org.awaitility.Awaitility.await;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonStructure;
import jakarta.json.JsonValue;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.redisqueue.admin.Finding;

/** A front end that answers with JSON, in which constants may have the notation of Java or that of JavaScript. */
abstract class JsonOperator implements Operator {

    private static final Duration LONGEST_JOB = Duration.ofMinutes(5);

    static JsonStructure parse(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.read();
        }
    }

    static List<JsonObject> objects(JsonStructure array) {
        return array.asJsonArray().getValuesAs(JsonValue::asJsonObject);
    }

    static List<JsonObject> objects(JsonObject owner, String name) {
        return objects(owner.getJsonArray(name));
    }

    static String text(JsonObject object, String name) {
        return object.getString(name, null); // JSON-B omits null unless told otherwise
    }

    private static Instant time(JsonObject object, String name) {
        String text = text(object, name);
        return text == null ? null : Instant.parse(text);
    }

    /** Returns a constant in the notation of Java. */
    static String constant(String name) {
        return name.toUpperCase(Locale.ROOT).equals(name)
                ? name
                : name.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
    }

    /** Waits for the end of a job. */
    static Progress awaitEnd(Supplier<JsonObject> job, Consumer<Progress> watcher) {
        AtomicReference<Progress> last = new AtomicReference<>();
        await("the job ends")
                .atMost(LONGEST_JOB)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    last.set(progress(job.get()));
                    watcher.accept(last.get());
                    return last.get().ended();
                });
        return last.get();
    }

    static Progress progress(JsonObject job) {
        String state = constant(job.getString("state"));
        if (!state.equals("RUNNING") && !state.equals("DONE")) {
            throw new IllegalStateException("The job has not succeeded: " + job);
        }
        return new Progress(
                state.equals("DONE"),
                job.getJsonNumber("done").longValue(),
                job.getJsonNumber("total").longValue());
    }

    static Letter letter(JsonObject summary, JsonObject details) {
        return new Letter(summary.getString("id"), summary.getString("reason"), details.getString("body"));
    }

    static QueueView queueView(JsonObject queue) {
        return new QueueView(
                queue.getString("name"),
                queue.getJsonNumber("ready").longValue(),
                queue.getJsonNumber("delivering").longValue(),
                queue.getJsonNumber("dead").longValue(),
                queue.getBoolean("paused"),
                time(queue, "pausedUntil"));
    }

    static HeldMessage heldMessage(JsonObject message) {
        JsonObject holder = message.getJsonObject("holder");
        return new HeldMessage(
                message.getString("id"),
                text(holder, "server"),
                text(holder, "host"),
                text(holder, "listener"),
                time(holder, "since"));
    }

    static Server server(JsonObject server) {
        return new Server(
                server.getString("id"),
                server.getString("host"),
                server.getJsonNumber("pid").longValue(),
                server.getBoolean("alive"),
                server.getBoolean("stopped"),
                objects(server, "listeners").stream()
                        .map(listener -> new Listener(
                                listener.getString("name"),
                                listener.getString("queue"),
                                listener.getInt("active"),
                                time(listener, "oldestDeliverySince")))
                        .toList());
    }

    static Branch branch(JsonObject branch) {
        return new Branch(
                branch.getString("xid"),
                branch.getString("queue"),
                text(branch, "owner"),
                objects(branch, "consumed").stream()
                        .map(message -> message.getString("id"))
                        .toList());
    }

    static List<Damage> damages(JsonObject report, String name) {
        return objects(report, name).stream()
                .map(finding -> new Damage(
                        Finding.Kind.valueOf(constant(finding.getString("kind"))),
                        finding.getString("queue"),
                        text(finding, "id"),
                        finding.getBoolean("repairable")))
                .toList();
    }

    static Repair repair(JsonObject report) {
        return new Repair(damages(report, "repaired"), damages(report, "remaining"));
    }

    static Entry entry(JsonObject entry) {
        return new Entry(
                entry.getString("actor"), entry.getString("via"), entry.getString("action"), text(entry, "queue"));
    }

    @Override
    public String toString() {
        return getClass().getSimpleName();
    }
}
