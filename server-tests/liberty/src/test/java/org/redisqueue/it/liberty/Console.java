// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.liberty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** What the server says, from a point in time on. */
final class Console {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Path file;
    private final int from;

    private Console(Path file, int from) {
        this.file = file;
        this.from = from;
    }

    /** From now on. */
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
     * @param unwanted the same for what is said when it will not come
     * @throws IllegalStateException with what was said instead
     */
    void await(String wanted, String unwanted) {
        Pattern failed = Pattern.compile(".*(" + unwanted + ").*");
        Pattern done = Pattern.compile(wanted);
        Awaitility.await(wanted).atMost(PATIENCE).until(() -> {
            String said = read(file).substring(from);
            Matcher failure = failed.matcher(said);
            if (failure.find()) {
                throw new IllegalStateException(failure.group());
            }
            return done.matcher(said).find();
        });
    }
}
