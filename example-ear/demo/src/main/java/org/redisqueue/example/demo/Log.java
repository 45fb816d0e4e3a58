// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The end of a log, for when something did not start. */
final class Log {

    private static final int LINES = 40;

    private Log() {}

    /** An exception that says what is wrong, after the log's last lines were printed. */
    static DemoFailure failure(String sentence, Path log) {
        System.out.println("The last lines of " + log + ":");
        try {
            // Not as UTF-8, where what is no UTF-8 would be an error.
            var lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            lines.subList(Math.max(0, lines.size() - LINES), lines.size()).forEach(System.out::println);
        } catch (IOException e) {
            System.out.println(e);
        }
        return new DemoFailure(sentence + ". See " + log + ".");
    }
}
