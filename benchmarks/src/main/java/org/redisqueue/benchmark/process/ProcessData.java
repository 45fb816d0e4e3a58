// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.process;

import java.io.IOException;
import java.nio.file.Path;
import org.redisqueue.launchers.process.Directories;

/** The data of processes. */
final class ProcessData {

    private ProcessData() {}

    /** Deletes the data of a process that has ended. If that fails, prints a warning, because measurements are worth more. */
    static void delete(Path directory) {
        try {
            Directories.delete(directory);
        } catch (IOException e) {
            System.err.println("Could not delete " + directory + ": " + e);
        }
    }
}
