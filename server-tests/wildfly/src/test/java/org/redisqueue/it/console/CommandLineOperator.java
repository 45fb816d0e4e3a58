// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import jakarta.json.JsonObject;
import jakarta.json.JsonStructure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.launchers.process.EndWithJvm;

/** The command line as it is delivered, each command in a process of its own. */
final class CommandLineOperator extends JsonOperator {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
    private static final Path CLI = Path.of(System.getProperty("cli.jar"));
    private static final Pattern PROGRESS = Pattern.compile("(\\d+) of (\\d+)");
    private static final Pattern RESULT = Pattern.compile("DONE: \\d+ changed, (\\d+) considered");

    /** Damage was found, or a job did not end successfully. */
    private static final int NOT_GOOD = 5;

    private final String redis;

    CommandLineOperator(String redis) {
        this.redis = redis;
    }

    @Override
    public String actor() {
        return System.getProperty("user.name") + "@";
    }

    @Override
    public String via() {
        return "cli";
    }

    @Override
    public Letter findPoison(String queue, String reason) {
        JsonObject found = objects(json("browse", queue, "--place", "dead").asJsonObject(), "messages").stream()
                .filter(message -> message.getString("reason").contains(reason))
                .findFirst()
                .orElseThrow();
        return letter(found, json("show", queue, found.getString("id")).asJsonObject());
    }

    @Override
    public void editBody(String queue, String id, String body) {
        String version = json("show", queue, id).asJsonObject().getString("version");
        run(body, line -> {}, List.of("edit", queue, id, "--version-read", version));
    }

    @Override
    public Progress requeue(String queue, String id) {
        return progress(json("requeue", queue, "--id", id).asJsonObject());
    }

    @Override
    public Progress requeueAll(String queue, String reason, Consumer<Progress> watcher) {
        Consumer<String> reader = line -> {
            Matcher progress = PROGRESS.matcher(line);
            if (progress.matches()) {
                watcher.accept(
                        new Progress(false, Long.parseLong(progress.group(1)), Long.parseLong(progress.group(2))));
            }
        };
        Output output = run("", reader, List.of("requeue", queue, "--reason", reason));
        Matcher last = RESULT.matcher(output.text());
        if (!last.find()) {
            throw new IllegalStateException("The job has not succeeded: " + output.text());
        }
        long considered = Long.parseLong(last.group(1));
        Progress result = new Progress(true, considered, considered);
        watcher.accept(result);
        return result;
    }

    @Override
    public void pause(String queue, Duration duration) {
        run("pause", queue, "--for", duration.toSeconds() + "s");
    }

    @Override
    public void resume(String queue) {
        run("resume", queue);
    }

    @Override
    public QueueView queue(String queue) {
        return queueView(objects(json("queues", queue)).get(0));
    }

    @Override
    public List<HeldMessage> held(String queue) {
        return objects(json("browse", queue, "--place", "delivering").asJsonObject(), "messages").stream()
                .map(JsonOperator::heldMessage)
                .toList();
    }

    @Override
    public List<Server> servers() {
        return objects(json("servers")).stream().map(JsonOperator::server).toList();
    }

    @Override
    public List<Branch> inDoubt() {
        return objects(json("in-doubt")).stream().map(JsonOperator::branch).toList();
    }

    @Override
    public void decide(String xid, Decision decision) {
        run("in-doubt", xid, "--decision", decision.name(), "--force", "--yes");
    }

    @Override
    public Progress move(String queue, String id, String target) {
        return progress(json("move", queue, target, "--id", id).asJsonObject());
    }

    @Override
    public Progress deleteQueue(String queue) {
        return progress(json("delete-queue", queue, "--yes").asJsonObject());
    }

    @Override
    public List<Damage> check(String queue, Duration pause) {
        return damages(json("check", queue, "--pause", pause.toSeconds() + "s").asJsonObject(), "findings");
    }

    @Override
    public Repair repair(String queue, Duration pause) {
        return repair(json("check", queue, "--pause", pause.toSeconds() + "s", "--repair")
                .asJsonObject());
    }

    @Override
    public List<Entry> audit() {
        return objects(json("audit")).stream().map(JsonOperator::entry).toList();
    }

    private JsonStructure json(String... arguments) {
        List<String> command = new ArrayList<>(List.of(arguments));
        command.add("--json");
        return parse(run("", line -> {}, command).text());
    }

    private void run(String... arguments) {
        run("", line -> {}, List.of(arguments));
    }

    /** The output of a command that has succeeded. */
    private record Output(String text) {}

    private Output run(String input, Consumer<String> reader, List<String> arguments) {
        List<String> command =
                new ArrayList<>(List.of(JAVA.toString(), "-XX:TieredStopAtLevel=1", "-jar", CLI.toString()));
        command.addAll(List.of("--redis", redis));
        command.addAll(arguments);
        try {
            Path errors = Files.createTempFile(Path.of("target"), "cli", ".err");
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            EndWithJvm.add(process.toHandle());
            try (var entered = process.outputWriter(StandardCharsets.UTF_8)) {
                entered.write(input);
            }
            String output;
            try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
                output = lines.lines().peek(reader).collect(Collectors.joining("\n"));
            }
            int code = process.waitFor();
            String message = Files.readString(errors);
            Files.delete(errors);
            if (code != 0 && (code != NOT_GOOD || !arguments.get(0).equals("check"))) {
                throw new IllegalStateException(arguments + " ended with " + code + ": " + message + output);
            }
            return new Output(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
