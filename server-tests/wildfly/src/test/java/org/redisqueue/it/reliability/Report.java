// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The figures of a test class, written to {@code target/reliability} and to the output of the build. */
final class Report {

    private final Path file;

    /** Starts a new report. */
    Report(String name) {
        try {
            Path directory = Files.createDirectories(Path.of("target", "reliability"));
            file = directory.resolve(name + ".txt");
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void line(String format, Object... values) {
        String line = String.format(format, values);
        System.out.println(line);
        try {
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
