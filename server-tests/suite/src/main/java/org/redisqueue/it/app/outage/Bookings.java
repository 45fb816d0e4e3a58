// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.outage;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.redisqueue.it.app.Database;

/** A table with a row for each message that was delivered. While it is taken away, every statement fails. */
public final class Bookings {

    private static final String TABLE = "bookings";
    private static final String AWAY = "bookings_away";

    private Bookings() {}

    public static void create() throws SQLException {
        execute("CREATE TABLE IF NOT EXISTS " + TABLE + " (text VARCHAR(200) PRIMARY KEY)");
    }

    public static void takeAway() throws SQLException {
        execute("ALTER TABLE " + TABLE + " RENAME TO " + AWAY);
    }

    public static void bringBack() throws SQLException {
        execute("ALTER TABLE " + AWAY + " RENAME TO " + TABLE);
    }

    /** Inserts a text in the current transaction; fails if it exists. */
    static void insert(String text) throws SQLException {
        try (Connection connection = Database.connect();
                PreparedStatement statement = connection.prepareStatement("INSERT INTO " + TABLE + " VALUES (?)")) {
            statement.setString(1, text);
            statement.executeUpdate();
        }
    }

    public static Set<String> all() throws SQLException {
        Set<String> texts = new HashSet<>();
        try (Connection connection = Database.connect();
                ResultSet rows = connection.createStatement().executeQuery("SELECT text FROM " + TABLE)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
        }
        return texts;
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = Database.connect()) {
            connection.createStatement().execute(sql);
        }
    }
}
