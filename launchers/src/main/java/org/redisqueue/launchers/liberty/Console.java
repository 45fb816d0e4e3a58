// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.liberty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.redisqueue.launchers.process.Wait;

/** The output of the server since a point in time. */
final class Console {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    private final Path file;
    private final int from;

    private Console(Path file, int from) {
        this.file = file;
        this.from = from;
    }

    /** Returns the output from now on. */
    static Console of(Path file) {
        return new Console(file, Files.exists(file) ? read(file).length() : 0);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits for a message.
     *
     * @param wanted a regular expression
     * @param unwanted a regular expression for messages after which the wanted one cannot appear
     * @throws IllegalStateException with the unwanted message, or if the message does not appear within three minutes
     */
    void await(String wanted, String unwanted) {
        Pattern failed = Pattern.compile(".*(" + unwanted + ").*");
        Pattern done = Pattern.compile(wanted);
        try {
            boolean found = Wait.until(TIMEOUT, () -> {
                String output = read(file).substring(from);
                Matcher failure = failed.matcher(output);
                if (failure.find()) {
                    throw new IllegalStateException(failure.group());
                }
                return done.matcher(output).find();
            });
            if (!found) {
                throw new IllegalStateException("The server has not logged " + wanted + ", see " + file);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
