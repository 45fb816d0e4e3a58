// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.telemetry.app;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** A table of orders, with the trace in which each was booked. */
final class Bookings {

    private Bookings() {}

    static void createTable() throws SQLException {
        try (Connection connection = connect()) {
            connection
                    .createStatement()
                    .execute("CREATE TABLE IF NOT EXISTS bookings (text VARCHAR(200) PRIMARY KEY, trace VARCHAR(32))");
        }
    }

    static void insert(String text, String trace) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO bookings VALUES (?, ?)")) {
            insert.setString(1, text);
            insert.setString(2, trace);
            insert.executeUpdate();
        }
    }

    /** Returns the trace in which an order was booked; empty if it was not. */
    static String trace(String text) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement select = connection.prepareStatement("SELECT trace FROM bookings WHERE text = ?")) {
            select.setString(1, text);
            try (ResultSet found = select.executeQuery()) {
                return found.next() ? found.getString(1) : "";
            }
        }
    }

    private static Connection connect() throws SQLException {
        try {
            DataSource source = InitialContext.doLookup("java:comp/DefaultDataSource");
            return source.getConnection();
        } catch (NamingException e) {
            throw new IllegalStateException(e);
        }
    }
}
