// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Rolls back what H2 holds prepared of transactions that were never decided, before WildFly starts.
 *
 * <p>A server that is killed after the prepare and before the decision is in its log leaves such a branch. WildFly's
 * recovery finds it and rolls it back; but H2 (2.2 to 2.4) rolls back only on the connection that prepared, does
 * nothing on another, and reports success. The rows would stay locked for good, and the order's message, delivered
 * again, would wait for them in vain. With a database whose XA support is complete there is no need for this.
 */
final class OrphanedBranches {

    private OrphanedBranches() {}

    /**
     * Looks into the database and the transaction log of a WildFly that is not running.
     *
     * @param base the server's base directory
     * @param home its home directory, where the driver is
     */
    static void rollBack(Path base, Path home) throws IOException {
        var data = base.resolve("data");
        if (!Files.exists(data.resolve("order-desk.mv.db"))) {
            return;
        }
        var decided = decided(data.resolve("tx-object-store"));
        try (var loader = new URLClassLoader(new URL[] {driver(home)});
                var connection = connect(loader, "jdbc:h2:file:" + data.resolve("order-desk"))) {
            for (var branch : inDoubt(connection)) {
                if (!decided.contains(transactionOf(branch))) {
                    try (var statement = connection.createStatement()) {
                        statement.execute("rollback transaction \"" + branch + "\"");
                    }
                }
            }
        } catch (SQLException | ReflectiveOperationException e) {
            throw new IllegalStateException("The database of the order desk cannot be opened", e);
        }
    }

    /** The transactions of the log. Each is a file, which has the transaction's uid for a name. */
    private static Set<String> decided(Path log) throws IOException {
        if (!Files.exists(log)) {
            return Set.of();
        }
        try (var files = Files.walk(log)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .collect(Collectors.toSet());
        }
    }

    private static URL driver(Path home) throws IOException {
        var module = home.resolve("modules/system/layers/base/com/h2database/h2/main");
        try (var jars = Files.newDirectoryStream(module, "h2-*.jar")) {
            return jars.iterator().next().toUri().toURL();
        }
    }

    private static Connection connect(ClassLoader loader, String url)
            throws SQLException, ReflectiveOperationException {
        var user = new Properties();
        user.put("user", "sa");
        user.put("password", "sa");
        return ((Driver) loader.loadClass("org.h2.Driver").getConstructor().newInstance()).connect(url, user);
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

    /**
     * The name of the log's file for a branch. H2 calls the branch {@code XID|format|branch qualifier|global id}, the
     * last two in Base64; the global id begins with the uid, two longs and three ints, which the log writes in hex.
     */
    private static String transactionOf(String branch) {
        var uid = ByteBuffer.wrap(Base64.getUrlDecoder().decode(branch.split("\\|")[3]));
        return String.join(
                "_",
                Long.toString(uid.getLong(), 16),
                Long.toString(uid.getLong(), 16),
                Integer.toString(uid.getInt(), 16),
                Integer.toString(uid.getInt(), 16),
                Integer.toString(uid.getInt(), 16));
    }
}
