// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.process;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.redisqueue.ra.testing.TestRedis;

/** A PostgreSQL server that syncs each commit to disk, with the table of Narayana's commit-markable resources. */
public final class PostgreSqlServer implements AutoCloseable {

    private static final String PREPARED = "200";
    private static final Duration START = Duration.ofMinutes(1);

    private final EmbeddedPostgres server;

    /** @param parent where the data directory is created */
    public PostgreSqlServer(Path parent) {
        int port = TestRedis.freePort();
        try {
            server = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setDataDirectory(parent.resolve("postgresql-" + port))
                    .setServerConfig("fsync", "on") // EmbeddedPostgres disables it
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_prepared_transactions", PREPARED)
                    .setPGStartupWait(START)
                    .setOutputRedirector(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Connection connection = server.getPostgresDatabase().getConnection()) {
            connection
                    .createStatement()
                    .execute("CREATE TABLE xids (xid BYTEA PRIMARY KEY, transactionManagerID VARCHAR(64) NOT NULL,"
                            + " actionuid BYTEA NOT NULL)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    public int port() {
        return server.getPort();
    }

    /**
     * Its version and its durability.
     *
     * @throws IllegalStateException if it does not sync each commit to disk
     */
    public String description() {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                ResultSet settings = connection
                        .createStatement()
                        .executeQuery("SELECT current_setting('server_version'), current_setting('fsync'),"
                                + " current_setting('synchronous_commit')")) {
            settings.next();
            String durability = "fsync=" + settings.getString(2) + " and synchronous_commit=" + settings.getString(3);
            if (!durability.equals("fsync=on and synchronous_commit=on")) {
                throw new IllegalStateException("PostgreSQL runs with " + durability);
            }
            return "PostgreSQL " + settings.getString(1) + " with " + durability;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
