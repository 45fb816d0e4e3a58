// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.redisqueue.RedisMessage;

/** Notes which deliveries were begun, in a file, which outlives the server and needs neither Redis nor the database. */
public final class Started {

    /** The file in the server's data directory; each line is a time in milliseconds since 1970, and a body. */
    public static final String FILE = "started.txt";

    private static final Path PATH = Path.of(System.getProperty("jboss.server.data.dir", ""), FILE);

    private Started() {}

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
