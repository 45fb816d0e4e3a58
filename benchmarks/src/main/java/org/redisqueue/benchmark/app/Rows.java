// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.app;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** The table of the database that takes part in two-phase transactions. */
final class Rows {

    private Rows() {}

    static void insert(DataSource database, String body) {
        insert(database, List.of(body));
    }

    static void insert(DataSource database, List<String> bodies) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement("INSERT INTO messages VALUES (?)")) {
            for (String body : bodies) {
                statement.setString(1, body);
                statement.executeUpdate();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    static void clear(DataSource database) {
        try (Connection connection = database.getConnection()) {
            connection.createStatement().execute("CREATE TABLE IF NOT EXISTS messages (body VARCHAR)");
            connection.createStatement().execute("TRUNCATE TABLE messages");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
