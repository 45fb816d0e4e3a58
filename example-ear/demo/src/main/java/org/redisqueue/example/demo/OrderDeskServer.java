// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An application server with the order desk in it, as a process whose data stay from start to start. */
public abstract class OrderDeskServer {

    /** How long a server lets running deliveries end before it stops, in seconds. */
    protected static final int GRACE = 20;

    protected final Installation installation;

    protected OrderDeskServer(Installation installation) {
        this.installation = installation;
    }

    /**
     * The server of this name.
     *
     * @param name as in {@code -Dserver=<name>}
     */
    public static OrderDeskServer of(String name, Installation installation) {
        return switch (name) {
            case "wildfly" -> new WildFly(installation);
            case "payara" -> DomainDesk.payara(installation);
            case "glassfish" -> DomainDesk.glassFish(installation);
            case "liberty" -> new OpenLiberty(installation);
            default ->
                throw new DemoFailure("-Dserver is '" + name + "', but must be wildfly, payara, glassfish or liberty.");
        };
    }

    /** What users call it. */
    public abstract String name();

    /** Configures it, unless an earlier start did so, and leaves the archive where it is deployed from, if there is such a place. */
    protected abstract void configure() throws IOException, InterruptedException;

    /** The command that starts it, as a single process that logs to its standard output. */
    protected abstract List<String> command() throws IOException;

    /** Deploys the archive, if it takes a running server to do so; returns when that is done, or the process has ended. */
    protected void deploy(Process process) throws IOException, InterruptedException {}

    /** Whether the server has said that the archive cannot be deployed. */
    protected abstract boolean hasFailed() throws IOException;

    /** The database, which the server has no connection to as long as it does not run. */
    protected abstract Database database() throws IOException;

    /** The log of the process, from its start on. */
    public final Path log() {
        return installation.directory().resolveSibling(installation.directory().getFileName() + ".log");
    }

    /**
     * Starts it, and returns when the page answers.
     *
     * @param launched gets the process as soon as there is one
     * @throws DemoFailure if it does not answer; the process has ended then
     */
    public final RunningServer start(Consumer<ProcessHandle> launched) throws IOException, InterruptedException {
        Files.createDirectories(installation.directory());
        configure();
        database().rollBackOrphanedBranches();
        var process = new ProcessBuilder(untouchedByTerminal(command()))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        var running = new RunningServer(name(), process, log());
        try {
            launched.accept(process.toHandle());
            deploy(process);
            awaitPage(process);
        } catch (InterruptedException | IOException | RuntimeException e) {
            running.close();
            throw e;
        }
        return running;
    }

    /**
     * The command with SIGINT and SIGHUP ignored, which Java respects. The terminal sends them to all processes at
     * once, but it is for us to stop the server. After exec it is the server that is our child, not the shell.
     */
    private static List<String> untouchedByTerminal(List<String> command) {
        var shell = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\" </dev/null", "sh"));
        shell.addAll(command);
        return shell;
    }

    private void awaitPage(Process process) throws InterruptedException, IOException {
        var client = HttpClient.newHttpClient();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + installation.httpPort() + "/"))
                .timeout(Duration.ofSeconds(5))
                .build();
        var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (!answers(client, request)) {
            if (!process.isAlive()) {
                throw Log.failure(name() + " ended during startup", log());
            }
            if (hasFailed()) {
                throw Log.failure("The order desk could not be deployed", log());
            }
            if (System.nanoTime() > end) {
                throw Log.failure("The page did not respond within 5 minutes", log());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static boolean answers(HttpClient client, HttpRequest request) {
        try {
            return client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                            .join()
                            .statusCode()
                    == 200;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
