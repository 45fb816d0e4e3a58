// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.app;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The tables of the application. They have no constraint against duplicate rows. */
public final class Bookings {

    /** Creates the tables. */
    public static final String TABLES = """
            CREATE TABLE bookings (queue VARCHAR(200), body VARCHAR(200), node VARCHAR(50));
            CREATE TABLE orders (body VARCHAR(200));
            CREATE TABLE refusals (number INTEGER UNIQUE DEFERRABLE INITIALLY DEFERRED);
            """;

    /** The table with a row for each delivery that took effect. */
    public static final String TABLE = "bookings";

    private Bookings() {}

    static void insert(DataSource database, String queue, String body) throws SQLException {
        execute(database, "INSERT INTO bookings VALUES (?, ?, ?)", queue, body, System.getProperty("jboss.node.name"));
    }

    static void insertOrder(DataSource database, String body) throws SQLException {
        execute(database, "INSERT INTO orders VALUES (?)", body);
    }

    static void insertRowRefusedAtPrepare(DataSource database) throws SQLException {
        execute(database, "INSERT INTO refusals VALUES (1), (1)");
    }

    private static void execute(DataSource database, String sql, String... parameters) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            statement.executeUpdate();
        }
    }
}
