// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** The other resource manager: a table of unique texts. */
public final class Database {

    private Database() {}

    /** Creates the table if it is missing, outside of any transaction. */
    public static void create() throws SQLException {
        try (Connection connection = connect()) {
            connection.createStatement().execute("CREATE TABLE IF NOT EXISTS entries (text VARCHAR(200) PRIMARY KEY)");
        }
    }

    /** Inserts a text in the current transaction; fails if it exists. */
    public static void insert(String text) throws SQLException {
        execute("INSERT INTO entries VALUES (?)", text);
    }

    public static boolean contains(String text) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement select = connection.prepareStatement("SELECT text FROM entries WHERE text = ?")) {
            select.setString(1, text);
            try (ResultSet found = select.executeQuery()) {
                return found.next();
            }
        }
    }

    private static void execute(String sql, String text) throws SQLException {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, text);
            statement.executeUpdate();
        }
    }

    /** A new connection, which takes part in the current transaction. */
    public static Connection connect() throws SQLException {
        return Found.SOURCE.getConnection();
    }

    /** Looked up once by the test, because on some servers its other threads have no naming context. */
    private static final class Found {
        private static final DataSource SOURCE = lookUp();

        private static DataSource lookUp() {
            try {
                return InitialContext.doLookup("java:comp/DefaultDataSource");
            } catch (NamingException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
