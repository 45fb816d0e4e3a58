// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Records the processes of this run, so that the next run can stop any that are still running.
 *
 * <p>A file for each process contains its id and start time, because the operating system reuses process ids.
 */
public final class Leftovers {

    private static final String ENDING = ".pid";

    private final Path directory;

    public Leftovers(Path directory) {
        this.directory = directory;
    }

    public void remember(String name, ProcessHandle process) {
        try {
            Files.writeString(file(name), process.pid() + " " + startOf(process).toEpochMilli() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void forget(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops the processes whose names begin like this if they are left over from a previous run. */
    public void stopAll(String beginning) throws IOException, InterruptedException {
        try (var files = Files.newDirectoryStream(directory, beginning + "*" + ENDING)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                stop(name.substring(0, name.length() - ENDING.length()));
            }
        }
    }

    /** Stops the process with this name if it is left over from a previous run. */
    public void stop(String name) throws IOException, InterruptedException {
        var process = find(name);
        if (process.isPresent()) {
            System.out.println("Stopping the " + name + " of an earlier run, process "
                    + process.get().pid());
            process.get().destroy();
            if (!Wait.until(Duration.ofSeconds(40), () -> !isRunning(process.get()))) {
                process.get().destroyForcibly();
                if (!Wait.until(Duration.ofSeconds(10), () -> !isRunning(process.get()))) {
                    throw new LaunchFailure("The " + name + " of an earlier run cannot be stopped, process "
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
                    // The start time is computed from the system clock, which may have been adjusted since.
                    .filter(process ->
                            Duration.between(started, startOf(process)).abs().toSeconds() < 5);
        } catch (NoSuchFileException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether the process is running. Java considers a zombie process alive. Zombies occur in a container without an
     * init process, and have no command.
     */
    private static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    private static Instant startOf(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    private Path file(String name) {
        return directory.resolve(name + ENDING);
    }
}
