// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.archetype;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.LogTail;
import org.redisqueue.launchers.process.Wait;

/** A run of Maven with the artifacts of this build. */
final class Maven implements AutoCloseable {

    private final Process process;
    private final Path log;

    private Maven(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /** Starts Maven in this directory, with its output in {@code <name>.log}. */
    static Maven start(String name, Path directory, String... arguments) throws IOException, URISyntaxException {
        var log = Path.of(System.getProperty("build.directory"), name + ".log");
        var settings = Path.of(Maven.class.getResource("/settings.xml").toURI());
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("maven.home"), "bin", "mvn").toString());
        command.addAll(List.of("--batch-mode", "--no-transfer-progress", "--global-settings", settings.toString()));
        command.add("-Dmaven.repo.local=" + System.getProperty("test.repository"));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().keySet().removeAll(List.of("MAVEN_CMD_LINE_ARGS", "MAVEN_PROJECTBASEDIR"));
        var process = builder.start();
        EndWithJvm.add(process.toHandle());
        return new Maven(process, log);
    }

    /** Runs Maven, and returns its output if it succeeds. */
    static String run(String name, Path directory, String... arguments)
            throws IOException, InterruptedException, URISyntaxException {
        try (var maven = start(name, directory, arguments)) {
            if (!maven.process.waitFor(5, TimeUnit.MINUTES) || maven.process.exitValue() != 0) {
                throw LogTail.failure("Maven failed: " + String.join(" ", arguments), maven.log);
            }
            return maven.output();
        }
    }

    /** Waits until the output contains a match. */
    MatchResult await(String regex) throws InterruptedException {
        var pattern = Pattern.compile(regex);
        if (!Wait.until(
                Duration.ofMinutes(5),
                () -> !process.isAlive() || pattern.matcher(output()).find())) {
            throw LogTail.failure("The output does not contain " + regex, log);
        }
        var matcher = pattern.matcher(output());
        if (!matcher.find()) {
            throw LogTail.failure("Maven ended, and its output does not contain " + regex, log);
        }
        return matcher.toMatchResult();
    }

    /**
     * Tells Maven alone to end; Ctrl-C in a terminal also reaches the processes that Maven has started. The signal is not that of
     * Ctrl-C, which a process ignores if a script has started it in the background.
     */
    void terminate() {
        process.destroy();
    }

    boolean endsWithin(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    List<ProcessHandle> children() {
        return process.children().toList();
    }

    private String output() {
        try {
            return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "";
        }
    }

    /** Lets Maven end first, which then ends the servers, even those that are not its descendants. */
    @Override
    public void close() {
        terminate();
        process.onExit().completeOnTimeout(process, 60, TimeUnit.SECONDS).join();
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        EndWithJvm.kill(process);
    }
}
