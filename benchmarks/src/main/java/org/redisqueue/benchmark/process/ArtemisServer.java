// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.ra.testing.TestRedis;

/** ActiveMQ Artemis in a separate process. */
public final class ArtemisServer implements AutoCloseable {

    /** The modules of WildFly that contain the broker. */
    private static final String NEEDED = "org.apache.activemq.artemis,org.apache.activemq.artemis.client,java.se";

    private final int port = TestRedis.freePort();
    private final Path data;
    private final Process process;
    private final BufferedReader answers;
    private final PrintStream commands;
    private final String journal;

    public ArtemisServer(Path directory) {
        data = directory.resolve("artemis-" + port);
        List<String> command = List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xms2g",
                "-Xmx2g",
                "-jar",
                WildFly.HOME.resolve("jboss-modules.jar").toString(),
                "-mp",
                WildFly.HOME.resolve("modules").toString(),
                "-dep",
                NEEDED,
                "-cp",
                Path.of(URI.create(ArtemisBroker.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toString()))
                        .toString(),
                ArtemisBroker.class.getName(),
                data.toString(),
                Integer.toString(port));
        try {
            process = new ProcessBuilder(command)
                    .redirectError(directory.resolve("artemis.log").toFile())
                    .start();
            EndWithJvm.add(process.toHandle());
            answers = process.inputReader();
            commands = new PrintStream(process.getOutputStream(), true);
            String started = answers.readLine();
            if (started == null || !started.startsWith("started ")) {
                throw new IllegalStateException("Artemis did not start, see " + directory.resolve("artemis.log"));
            }
            journal = started.substring("started ".length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** The type of its journal: AIO, or NIO if libaio is missing. */
    public String journal() {
        return journal;
    }

    public void pause(String queue) {
        execute("pause " + queue);
    }

    public void resume(String queue) {
        execute("resume " + queue);
    }

    /** Deletes the messages of a queue. */
    public void clear(String queue) {
        execute("clear " + queue);
    }

    private synchronized void execute(String command) {
        commands.println(command);
        try {
            if (!"done".equals(answers.readLine())) {
                throw new IllegalStateException("Artemis did not execute: " + command);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Duration processorTime() {
        return ProcessorTime.of(process);
    }

    /** Ends the process, and deletes its data. Keeps its log. */
    @Override
    public void close() {
        EndWithJvm.kill(process);
        ProcessData.delete(data);
    }
}
