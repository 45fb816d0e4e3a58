// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;

/**
 * The H2 database of a server that is not running.
 *
 * @param file its file, without the suffix
 * @param driver the server's own driver, of the version that writes the file
 * @param log what the server's transaction manager has decided
 */
record Database(Path file, Path driver, TransactionLog log) {

    /** The decisions of a transaction manager. */
    @FunctionalInterface
    interface TransactionLog {
        /**
         * Whether a transaction may have been decided to commit.
         *
         * @param globalId its global transaction identifier
         */
        boolean mayHaveDecided(byte[] globalId) throws IOException;
    }

    /**
     * Rolls back what H2 holds prepared of transactions that were never decided.
     *
     * <p>A server that is killed after the prepare and before the decision is in its log leaves such a branch. Its
     * recovery finds it and rolls it back; but H2 (2.2 to 2.4) rolls back only on the connection that prepared, does
     * nothing on another, and reports success. The rows would stay locked for good, and the order's message, delivered
     * again, would wait for them in vain. With a database whose XA support is complete there is no need for this.
     */
    void rollBackOrphanedBranches() throws IOException {
        if (!Files.exists(file.resolveSibling(file.getFileName() + ".mv.db"))) {
            return;
        }
        try (var loader = new URLClassLoader(new URL[] {driver.toUri().toURL()}, ClassLoader.getPlatformClassLoader());
                var connection = connect(loader)) {
            for (var branch : inDoubt(connection)) {
                if (!log.mayHaveDecided(globalId(branch))) {
                    try (var statement = connection.createStatement()) {
                        statement.execute("rollback transaction \"" + branch + "\"");
                    }
                }
            }
        } catch (SQLException | ReflectiveOperationException e) {
            throw new IllegalStateException("The database of the order desk cannot be opened.", e);
        }
    }

    private Connection connect(ClassLoader loader) throws SQLException, ReflectiveOperationException {
        var user = new Properties();
        user.put("user", "sa");
        user.put("password", "sa");
        return ((Driver) loader.loadClass("org.h2.Driver").getConstructor().newInstance())
                .connect("jdbc:h2:file:" + file, user);
    }

    private static List<String> inDoubt(Connection connection) throws SQLException {
        var branches = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("select transaction_name from information_schema.in_doubt"
                        + " where transaction_state = 'IN_DOUBT'")) {
            while (rows.next()) {
                branches.add(rows.getString(1));
            }
        }
        return branches;
    }

    /** H2 calls a branch {@code XID|format|branch qualifier|global id}, the last two in Base64. */
    private static byte[] globalId(String branch) {
        return Base64.getUrlDecoder().decode(branch.split("\\|")[3]);
    }
}
