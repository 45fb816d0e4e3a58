// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.process;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The process of an application server. */
public final class ServerProcess implements AutoCloseable {

    private final String name;
    private final Process process;
    private final Path log;
    private final int stopSeconds;

    /** @param stopSeconds how long the server may take to stop before it is killed, in seconds */
    public ServerProcess(String name, Process process, Path log, int stopSeconds) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.stopSeconds = stopSeconds;
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

    /** Completes with an explanation when the process has ended. */
    public CompletableFuture<String> ended() {
        return process.onExit()
                .thenApply(p -> name + " ended unexpectedly with exit code " + p.exitValue() + ". See " + log + ".");
    }

    /** Ends the process as {@code kill -9} does, and waits until it has ended. */
    public void kill() {
        EndWithJvm.kill(process);
    }

    /** Stops the server after running deliveries have finished. */
    @Override
    public void close() {
        if (process.isAlive()) {
            System.out.println("Stopping " + name);
        }
        stop(process, stopSeconds);
    }

    /** Asks a process to end, kills it if it has not ended in this time, and waits until it has ended. */
    public static void stop(Process process, int seconds) {
        process.destroy();
        process.onExit().completeOnTimeout(process, seconds, TimeUnit.SECONDS).join();
        EndWithJvm.kill(process);
    }
}
