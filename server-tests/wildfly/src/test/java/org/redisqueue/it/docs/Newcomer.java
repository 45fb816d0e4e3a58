// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.redisqueue.launchers.process.Directories;

/** Someone who reads pages and does what they say. */
final class Newcomer implements AutoCloseable {

    private final Path directory;
    private final ShopRedis redis;
    private final WildFlyHome wildFly;
    private final Placeholders placeholders;
    private final Preparations preparations;
    private final Map<String, String> environment;
    private Terminal terminal;
    private ManagementCli cli;
    private String server = "";

    /**
     * @param installation an installed WildFly, which remains unchanged
     * @param directory for all files
     */
    Newcomer(Path installation, Path directory) {
        this.directory = directory;
        try {
            Directories.delete(directory);
            Files.createDirectories(directory);
            redis = ShopRedis.start();
            wildFly = WildFlyHome.unpack(installation, directory.resolve("opt/wildfly"));
            placeholders = new Placeholders(directory, wildFly, redis);
            preparations = new Preparations(directory, redis.server());
            environment = Tools.install(directory, redis);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        terminal = new Terminal(directory, environment);
    }

    /** Opens another page, with a new shell. A server that runs keeps running. */
    void open() {
        redis.server().call("FLUSHALL");
        terminal = terminal.next(environment);
    }

    void follow(Step step) throws IOException {
        if (step.reasonNotToRun().isPresent() || step.isMaven()) {
            return;
        }
        String text = placeholders.fill(step.text());
        if (step.language() == null) {
            step.directive("prepare").ifPresent(preparations::prepare);
            step.directive("expect").map(placeholders::fill).ifPresent(wildFly::awaitLog);
            return;
        }
        if (step.directive("save").isPresent() || step.directive("into").isPresent()) {
            write(step, text);
            return;
        }
        switch (step.language()) {
            case "sh" -> runShell(step, placeholders.complete(text));
            case "console" -> runTranscripts(step, text);
            case "jboss-cli" -> placeholders.remember(cli().run(placeholders.complete(text)));
            case "redis-cli" -> requireSuccess(terminal.run("redis-cli -e <<'END'\n" + text + "END\n", ""), text);
            case "python" -> requireSuccess(terminal.run("python3 - <<'END'\n" + text + "END\n", ""), text);
            default -> {} // is checked without being run
        }
    }

    private void runShell(Step step, String text) throws IOException {
        if (step.directive("until").isPresent()) {
            if (text.equals(server)) {
                return; // still runs
            }
            disconnect();
            terminal.endBackground();
            server = text;
            terminal.runUntil(text, step.directive("until").orElseThrow());
            return;
        }
        Terminal.Output output = terminal.run(
                text, step.directive("input").map(line -> line + "\n").orElse(""));
        requireSuccess(output, text);
    }

    private void requireSuccess(Terminal.Output output, String text) {
        placeholders.remember(output.text());
        assertThat(output.code())
                .as("The exit code of\n%s\nwhich printed\n%s", text, output.text())
                .isZero();
    }

    private void runTranscripts(Step step, String text) {
        Transcript.Figures figures = Transcript.Figures.of(step);
        String typed = step.directive("input").map(line -> line + "\n").orElse("");
        for (Transcript transcript : Transcript.of(text)) {
            String command = placeholders.complete(transcript.command());
            Terminal.Output output = terminal.run(command + "\n", typed + transcript.answers());
            placeholders.remember(output.text());
            assertThat(transcript.matches(output.text(), figures))
                    .as(
                            "%s\nprinted\n%s\nbut the page shows\n%s",
                            command, output.text(), String.join("\n", transcript.expected()))
                    .isTrue();
            assertThat(transcript.hasUnexpectedException(output.text()))
                    .as("%s\nprinted an exception\n%s", command, output.text())
                    .isFalse();
            if (!step.fails(transcript.command())) {
                requireSuccess(output, command);
            } else {
                assertThat(output.code())
                        .as("The exit code of\n%s\nwhich printed\n%s", command, output.text())
                        .isNotZero();
            }
        }
    }

    private ManagementCli cli() {
        if (cli == null) {
            cli = new ManagementCli(wildFly.directory(), wildFly.managementPort());
        }
        return cli;
    }

    private void disconnect() throws IOException {
        if (cli != null) {
            cli.close();
            cli = null;
        }
    }

    /** Writes a block to the file that the reader creates or edits. */
    private void write(Step step, String text) throws IOException {
        if (step.directive("save").isPresent()) {
            Path file = directory.resolve(step.directive("save").orElseThrow());
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } else if (step.directive("into").isPresent()) {
            String[] place = step.directive("into").orElseThrow().split(" before ");
            Path file = directory.resolve(place[0]);
            List<String> lines = Files.readAllLines(file);
            int line = lines.indexOf(lines.stream()
                    .filter(candidate -> candidate.contains(place[1]))
                    .findFirst()
                    .orElseThrow());
            lines.add(line, text);
            Files.write(file, lines);
        }
    }

    @Override
    public void close() throws IOException {
        disconnect();
        terminal.close();
        redis.close();
    }
}
