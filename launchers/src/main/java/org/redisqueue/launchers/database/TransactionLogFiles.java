// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The log of a transaction manager that stores the global id of each decided transaction in plain bytes, sometimes
 * until after the transaction has ended.
 *
 * @param directory contains the files of the log, at any depth
 */
public record TransactionLogFiles(Path directory) implements Database.TransactionLog {

    @Override
    public boolean mayHaveDecided(byte[] globalId) throws IOException {
        if (!Files.exists(directory)) {
            return false;
        }
        // One character per byte.
        var wanted = new String(globalId, StandardCharsets.ISO_8859_1);
        try (var files = Files.walk(directory)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(file, StandardCharsets.ISO_8859_1).contains(wanted)) {
                    return true;
                }
            }
        }
        return false;
    }
}
