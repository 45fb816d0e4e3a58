// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Remembers the processes of this run for the next one, which stops what is left of it.
 *
 * <p>There is a file for each, with the process id and the time at which the process started: an id is given again,
 * but not to two processes that started at the same time.
 */
final class Leftovers {

    private final Path directory;

    Leftovers(Path directory) {
        this.directory = directory;
    }

    void remember(String name, ProcessHandle process) {
        try {
            Files.writeString(file(name), process.pid() + " " + startOf(process).toEpochMilli() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void forget(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the process of that name if an earlier run left it. */
    void stop(String name) throws IOException, InterruptedException {
        var process = find(name);
        if (process.isPresent()) {
            System.out.println("Stopping the " + name + " of an earlier run, process "
                    + process.get().pid());
            process.get().destroy();
            if (!Wait.until(Duration.ofSeconds(40), () -> !isRunning(process.get()))) {
                process.get().destroyForcibly();
                if (!Wait.until(Duration.ofSeconds(10), () -> !isRunning(process.get()))) {
                    throw new DemoFailure("The " + name + " of an earlier run cannot be stopped, process "
                            + process.get().pid() + ".");
                }
            }
        }
        forget(name);
    }

    private Optional<ProcessHandle> find(String name) throws IOException {
        try {
            var parts = Files.readString(file(name)).strip().split(" ");
            var started = Instant.ofEpochMilli(Long.parseLong(parts[1]));
            return ProcessHandle.of(Long.parseLong(parts[0]))
                    .filter(Leftovers::isRunning)
                    // The system's clock may have been set since, and the start is computed from it.
                    .filter(process ->
                            Duration.between(started, startOf(process)).abs().toSeconds() < 5);
        } catch (NoSuchFileException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether the process still does anything. One that has ended and whose parent has not asked for its exit status,
     * as in a container without an init, counts as alive in Java; what tells it apart is that it has no command.
     */
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private static Instant startOf(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    private Path file(String name) {
        return directory.resolve(name + ".pid");
    }
}
