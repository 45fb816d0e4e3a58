// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.database;

import static org.awaitility.Awaitility.await;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.redisqueue.ra.testing.Signal;
import org.redisqueue.ra.testing.TestRedis;

/** A real PostgreSQL server that takes part in distributed transactions. */
public final class PostgreSql implements AutoCloseable {

    private static final String PREPARED = "100";
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration END = Duration.ofSeconds(30);

    private final Path data;
    private final int port = TestRedis.freePort();
    private EmbeddedPostgres server;

    private PostgreSql(Path data) {
        this.data = data;
    }

    /** Starts a server with a directory of its own. */
    public static PostgreSql start() {
        try {
            Path parent = Files.createDirectories(Path.of("target", "postgresql"));
            PostgreSql started =
                    new PostgreSql(Files.createTempDirectory(parent, "data-").toAbsolutePath());
            started.launch();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void launch() throws IOException {
        server = EmbeddedPostgres.builder()
                .setPort(port)
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setServerConfig("max_prepared_transactions", PREPARED)
                .setServerConfig("synchronous_commit", "on")
                .setPGStartupWait(START)
                .start();
    }

    /** Kills the server as {@code kill -9} does; confirmed work is preserved. */
    public void kill() {
        ProcessHandle postmaster = ProcessHandle.of(postmasterId()).orElseThrow();
        List<ProcessHandle> processes =
                Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
        Signal.KILL.send(postmaster.pid());
        await("all processes of PostgreSQL have ended")
                .atMost(END)
                .until(() -> processes.stream().noneMatch(ProcessHandle::isAlive));
        close();
    }

    /** Starts the server that was {@linkplain #kill killed}: same port, same data. */
    public void restart() {
        try {
            launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long postmasterId() {
        try {
            return Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return port;
    }

    /** Executes a statement in its own transaction. */
    public void execute(String sql) {
        try (Connection connection = connect()) {
            connection.createStatement().execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs an action with an exclusive lock on a table, after transactions that have written to it have ended. */
    public void whileHeld(String table, Runnable action) {
        try (Connection connection = connect()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE");
            action.run();
            connection.rollback();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first column of the result of a query, as text. */
    public List<String> query(String sql, String... parameters) {
        try (Connection connection = connect();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            List<String> found = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The prepared transactions. */
    public List<String> prepared() {
        return query("SELECT gid FROM pg_prepared_xacts");
    }

    private Connection connect() throws SQLException {
        return server.getPostgresDatabase().getConnection();
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
