// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.redisqueue.RedisMessage;

/**
 * The start of a delivery, recorded in a file that survives the server and needs neither Redis nor the database.
 *
 * @param millis the start time in milliseconds since the epoch
 * @param body the body of the message
 */
public record Started(long millis, String body) {

    /** The file in the data directory of the server; each line contains the time and the body. */
    public static final String FILE = "started.txt";

    private static final Path PATH = Path.of(System.getProperty("jboss.server.data.dir", ""), FILE);

    /** Parses the lines of the file. */
    public static List<Started> read(List<String> lines) {
        return lines.stream().map(Started::read).toList();
    }

    private static Started read(String line) {
        int space = line.indexOf(' ');
        return new Started(Long.parseLong(line.substring(0, space)), line.substring(space + 1));
    }

    static void note(RedisMessage message) {
        try {
            Files.writeString(
                    PATH,
                    System.currentTimeMillis() + " " + message.text() + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
