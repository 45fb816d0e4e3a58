// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.process;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;

/** Deletes and locks the directories in which processes keep their files. */
public final class Directories {

    private Directories() {}

    /** Deletes a directory and its content, if it exists. */
    public static void delete(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /**
     * Creates a directory if it is missing, and locks it against other launchers.
     *
     * @return holds the lock until it is closed, or until this JVM ends
     * @throws LaunchFailure if another launcher holds the lock
     */
    public static Lock lock(Path directory) throws IOException {
        Files.createDirectories(directory);
        var channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel::close;
            }
        } catch (OverlappingFileLockException e) {
            // Another thread of this JVM holds the lock: handled below.
        }
        channel.close();
        throw new LaunchFailure("Another demo or test is already running in " + directory + ".");
    }

    /** A lock that is released when it is closed. */
    @FunctionalInterface
    public interface Lock extends AutoCloseable {
        @Override
        void close() throws IOException;
    }
}
