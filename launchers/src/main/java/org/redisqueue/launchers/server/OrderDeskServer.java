// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.server;

import java.io.IOException;
import java.net.HttpURLConnection;
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
import org.redisqueue.launchers.database.Database;
import org.redisqueue.launchers.process.LaunchFailure;
import org.redisqueue.launchers.process.LogTail;
import org.redisqueue.launchers.process.ServerProcess;

/**
 * An application server that runs the order desk and the console in a process, with data that survives a restart. {@link
 * ServerUser#OPERATOR} may use the console.
 */
public abstract class OrderDeskServer {

    /** Time that a stopping server gives running deliveries to finish, in seconds. */
    protected static final int DRAIN_SECONDS = 20;

    /** Further time that a server needs to stop, in seconds. */
    private static final int STOP_SECONDS = 25;

    private static final int MAX_STARTS = 3;

    protected final Installation installation;
    private final String name;

    protected OrderDeskServer(String name, Installation installation) {
        this.name = name;
        this.installation = installation;
    }

    /** The product name. */
    public final String name() {
        return name;
    }

    /** Configures the server unless a previous start did, and copies the archive if the server deploys it from a directory. */
    protected abstract void configure() throws IOException, InterruptedException;

    /** The command that starts the server as a single process, which logs to its standard output. */
    protected abstract List<String> command() throws IOException;

    /** Deploys the archive if only a running server can. Returns when the deployment is complete or the process has ended. */
    protected void deploy(Process process) throws IOException, InterruptedException {}

    /** Whether the server has reported that the archive cannot be deployed. */
    protected abstract boolean hasFailed() throws IOException;

    /** Whether the start has failed because of a fault in the server that the next start need not meet. */
    protected boolean hasFailedByChance() throws IOException {
        return false;
    }

    /** The database, which the server does not use while it is down. */
    protected abstract Database database() throws IOException;

    /** The log of the process since it started. */
    public final Path log() {
        return installation.directory().resolveSibling(installation.directory().getFileName() + ".log");
    }

    /** Whether the server deploys the console. */
    protected boolean hasConsole() {
        return true;
    }

    /**
     * Starts the server, again if it {@linkplain #hasFailedByChance failed by chance}, and returns when the page and the
     * console answer.
     *
     * @param launched receives the process as soon as it exists
     * @throws org.redisqueue.launchers.process.LaunchFailure if one of them does not answer; the process has then ended
     */
    public final ServerProcess start(Consumer<ProcessHandle> launched) throws IOException, InterruptedException {
        for (int starts = 1; ; starts++) {
            try {
                return startOnce(launched);
            } catch (LaunchFailure e) {
                if (starts == MAX_STARTS || !hasFailedByChance()) {
                    throw e;
                }
            }
        }
    }

    private ServerProcess startOnce(Consumer<ProcessHandle> launched) throws IOException, InterruptedException {
        Files.createDirectories(installation.directory());
        configure();
        database().rollBackOrphanedBranches();
        var process = new ProcessBuilder(detachedFromTerminal(command()))
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
        var running = new ServerProcess(name, process, log(), DRAIN_SECONDS + STOP_SECONDS);
        try {
            launched.accept(process.toHandle());
            deploy(process);
            await(process, "/", HttpURLConnection.HTTP_OK);
            if (hasConsole()) {
                await(process, "/redis-queue/", HttpURLConnection.HTTP_UNAUTHORIZED);
            }
        } catch (InterruptedException | IOException | RuntimeException e) {
            running.close();
            throw e;
        }
        return running;
    }

    /**
     * Makes the command ignore SIGINT and SIGHUP, which a JVM inherits. The terminal sends these signals to all
     * processes at once, but stopping the server is up to the launcher. Because of exec, the child process is the
     * server, not the shell.
     */
    private static List<String> detachedFromTerminal(List<String> command) {
        var shell = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\" </dev/null", "sh"));
        shell.addAll(command);
        return shell;
    }

    private void await(Process process, String path, int status) throws InterruptedException, IOException {
        var client = HttpClient.newHttpClient();
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + installation.httpPort() + path))
                .timeout(Duration.ofSeconds(5))
                .build();
        var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        while (!answers(client, request, status)) {
            if (!process.isAlive()) {
                throw LogTail.failure(name + " ended during startup", log());
            }
            if (hasFailed()) {
                throw LogTail.failure("The order desk could not be deployed", log());
            }
            if (System.nanoTime() > end) {
                throw LogTail.failure("The page " + path + " did not respond within 5 minutes", log());
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static boolean answers(HttpClient client, HttpRequest request, int status) {
        try {
            return client.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                            .join()
                            .statusCode()
                    == status;
        } catch (RuntimeException e) {
            return false;
        }
    }
}
