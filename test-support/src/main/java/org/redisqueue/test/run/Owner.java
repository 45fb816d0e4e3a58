// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** The file that names the build whose Redis is running. */
record Owner(Path file) {

    /** The start time is computed from the system clock, which may have been adjusted since. */
    private static final Duration CLOCK_ADJUSTMENT = Duration.ofSeconds(5);

    /** Makes this JVM the owner. */
    void take() throws IOException {
        ProcessHandle self = ProcessHandle.current();
        Files.writeString(file, self.pid() + " " + start(self).toEpochMilli() + "\n");
    }

    /** Returns the owner if it is still running. The operating system reuses process ids, but not start times. */
    Optional<ProcessHandle> find() throws IOException {
        try {
            String[] parts = Files.readString(file).strip().split(" ", -1);
            Instant started = Instant.ofEpochMilli(Long.parseLong(parts[1]));
            return ProcessHandle.of(Long.parseLong(parts[0]))
                    .filter(process ->
                            Duration.between(started, start(process)).abs().compareTo(CLOCK_ADJUSTMENT) < 0);
        } catch (NoSuchFileException | IndexOutOfBoundsException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Instant start(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }
}
