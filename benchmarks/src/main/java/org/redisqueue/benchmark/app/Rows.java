// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** The table of the databases that take part in two-phase transactions. */
final class Rows {

    private static final Map<String, DataSource> DATABASES = new ConcurrentHashMap<>();

    private Rows() {}

    static void insert(Work work, String body) {
        insert(work, List.of(body));
    }

    static void insert(Work work, List<String> bodies) {
        try (Connection connection = connect(work);
                PreparedStatement statement = connection.prepareStatement("INSERT INTO messages VALUES (?)")) {
            for (String body : bodies) {
                statement.setString(1, body);
                statement.executeUpdate();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Empties the table for this work, if it has one. */
    static void clear(Work work) {
        if (!work.hasRow()) {
            return;
        }
        try (Connection connection = connect(work)) {
            connection.createStatement().execute("CREATE TABLE IF NOT EXISTS messages (body VARCHAR)");
            connection.createStatement().execute("TRUNCATE TABLE messages");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Connection connect(Work work) throws SQLException {
        return DATABASES.computeIfAbsent(work.database(), Rows::find).getConnection();
    }

    private static DataSource find(String name) {
        try {
            return InitialContext.doLookup(name);
        } catch (NamingException e) {
            throw new IllegalStateException(e);
        }
    }
}
