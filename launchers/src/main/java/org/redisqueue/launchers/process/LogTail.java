// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The last lines of a log, which explain why a process did not start. */
public final class LogTail {

    private static final int LINES = 40;

    private LogTail() {}

    /** Prints the last lines of the log, and returns an exception with this sentence. */
    public static LaunchFailure failure(String sentence, Path log) {
        System.out.println("The last lines of " + log + ":");
        try {
            // Unlike UTF-8, ISO 8859-1 can decode any bytes.
            var lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            lines.subList(Math.max(0, lines.size() - LINES), lines.size()).forEach(System.out::println);
        } catch (IOException e) {
            System.out.println(e);
        }
        return new LaunchFailure(sentence + ". See " + log + ".");
    }
}
