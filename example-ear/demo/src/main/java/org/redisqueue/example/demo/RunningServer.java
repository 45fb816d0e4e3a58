// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The process of an application server. */
public final class RunningServer implements AutoCloseable {

    /** Time for what a server does after running deliveries have ended, in seconds. */
    private static final int STOPPING = 25;

    private final String name;
    private final Process process;
    private final Path log;

    RunningServer(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public Path log() {
        return log;
    }

    /** Completed with a sentence when the server is no longer there. */
    CompletableFuture<String> ended() {
        return process.onExit()
                .thenApply(p -> name + " ended unexpectedly with exit code " + p.exitValue() + ". See " + log + ".");
    }

    /** Ends it as {@code kill -9} does, and returns when it has ended. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Stops it, and lets running deliveries end first. */
    @Override
    public void close() {
        if (process.isAlive()) {
            System.out.println("Stopping " + name);
        }
        process.destroy();
        process.onExit()
                .completeOnTimeout(process, OrderDeskServer.GRACE + STOPPING, TimeUnit.SECONDS)
                .join();
        kill();
    }
}
