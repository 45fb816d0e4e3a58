// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Ports;
import org.redisqueue.launchers.process.ServerProcess;

/** A server for the tests that runs as a single process and publishes web applications on a free port. */
public abstract class TestServer implements DeployingServer {

    /** The name of the resource adapter that {@link #deployAdapter} deploys. */
    protected static final String ADAPTER = "redis-queue";

    private static final int STOP_SECONDS = 60;

    /** The output of the process. */
    protected final Path log;

    protected final int httpPort = Ports.free();
    private @Nullable String redis;
    private @Nullable Path adapter;
    private @Nullable Process process;
    private boolean hasAdapter;

    protected TestServer(Path log) {
        this.log = log;
    }

    /** Configures the server in its directory and, unless that has to wait for a deployment, starts it. */
    protected abstract void launch() throws IOException, InterruptedException;

    /** Deploys the resource adapter, which is not deployed. */
    protected abstract void addAdapter() throws IOException, InterruptedException;

    /** Undeploys the resource adapter, which is deployed. */
    protected abstract void removeAdapter() throws IOException, InterruptedException;

    /** Starts the server with its output in the log. The process does not outlive this JVM. */
    protected final Process run(ProcessBuilder server) throws IOException {
        Process started =
                server.redirectErrorStream(true).redirectOutput(log.toFile()).start();
        EndWithJvm.add(started.toHandle());
        process = started;
        return started;
    }

    @Override
    public final void start(String address, Path archive) {
        redis = address;
        adapter = archive.toAbsolutePath();
        perform(this::launch);
    }

    /** The address of Redis. The server must have been started. */
    protected final String redis() {
        return Objects.requireNonNull(redis, "start has not been called");
    }

    /** The archive of the resource adapter. The server must have been started. */
    protected final Path adapter() {
        return Objects.requireNonNull(adapter, "start has not been called");
    }

    /** Whether the process is running. */
    protected final boolean isAlive() {
        return process != null && process.isAlive();
    }

    @Override
    public final void stop() {
        if (process != null) {
            ServerProcess.stop(process, STOP_SECONDS);
        }
    }

    @Override
    public final URI web() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    @Override
    public final void deployAdapter() {
        if (!hasAdapter) {
            perform(this::addAdapter);
            hasAdapter = true;
        }
    }

    @Override
    public final void undeployAdapter() {
        if (hasAdapter) {
            perform(this::removeAdapter);
            hasAdapter = false;
        }
    }

    /** Performs an action, and makes its checked exceptions unchecked. */
    protected static void perform(Action action) {
        try {
            action.perform();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** An action on files, processes or a running server. */
    @FunctionalInterface
    protected interface Action {
        void perform() throws IOException, InterruptedException;
    }
}
