// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.database;

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
 * The H2 database of a server that is down.
 *
 * @param file the database file, without its extension
 * @param driver the driver of the server, whose version must match the file
 * @param log the decisions of the server's transaction manager
 */
public record Database(Path file, Path driver, TransactionLog log) {

    /** The decisions of a transaction manager. */
    @FunctionalInterface
    public interface TransactionLog {
        /**
         * Whether the decision to commit a transaction may have been logged.
         *
         * @param globalId the global transaction id
         */
        boolean mayHaveDecided(byte[] globalId) throws IOException;
    }

    /**
     * Rolls back prepared branches of transactions for which no decision was logged.
     *
     * <p>Such a branch remains if a server is killed between prepare and decision. Recovery finds the branch and rolls it
     * back, but H2 2.2 to 2.4 can roll back only on the connection that prepared the branch; on any other connection it
     * reports success and does nothing. The rows would remain locked, and the redelivered order would wait for them
     * forever. A database with complete XA support does not need this workaround.
     */
    public void rollBackOrphanedBranches() throws IOException {
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

    /** H2 names a branch {@code XID|format|branch qualifier|global id}, with the last two parts in Base64. */
    private static byte[] globalId(String branch) {
        return Base64.getUrlDecoder().decode(branch.split("\\|")[3]);
    }
}
