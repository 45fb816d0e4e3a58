// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The log of a transaction manager whose files have the global identifier of each decided transaction as it is, and for a
 * while that of those that have ended.
 *
 * @param directory where they are, on whatever level
 */
record TransactionLogFiles(Path directory) implements Database.TransactionLog {

    @Override
    public boolean mayHaveDecided(byte[] globalId) throws IOException {
        if (!Files.exists(directory)) {
            return false;
        }
        // A character is a byte.
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
