// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.xa.PGXADataSource;
import org.redisqueue.it.database.PostgreSql;

/** The SQL in the operations page finds and rolls back a branch that a dead server has left in the database. */
class DatabaseBranchesIT {

    private record Branch(int getFormatId, byte[] getGlobalTransactionId, byte[] getBranchQualifier) implements Xid {}

    @Test
    void branchOfPostgreSqlIsRolledBack() throws Exception {
        try (PostgreSql server = PostgreSql.start()) {
            PGXADataSource source = new PGXADataSource();
            source.setServerNames(new String[] {"127.0.0.1"});
            source.setPortNumbers(new int[] {server.port()});
            source.setUser("postgres");
            source.setDatabaseName("postgres");
            leaveBranch(source);

            assertRolledBack(source, "PostgreSQL");
        }
    }

    @Test
    void branchOfH2IsRolledBack(@TempDir Path directory) throws Exception {
        try (URLClassLoader classes = new URLClassLoader(new URL[] {driverOfWildFly()})) {
            XADataSource source = (XADataSource) classes.loadClass("org.h2.jdbcx.JdbcDataSource")
                    .getConstructor()
                    .newInstance();
            source.getClass()
                    .getMethod("setURL", String.class)
                    .invoke(source, "jdbc:h2:file:" + directory.resolve("orders") + ";WRITE_DELAY=0");
            leaveBranch(source);

            assertRolledBack(source, "H2");
        }
    }

    /** Prepares a branch, and drops the connection. */
    private static void leaveBranch(XADataSource source) throws Exception {
        XAConnection connection = source.getXAConnection();
        Xid branch = new Branch(131077, new byte[] {0, 1, 2, '|', '\'', '"'}, new byte[] {3, 4});
        Statement statement = connection.getConnection().createStatement();
        statement.execute("CREATE TABLE orders (id INT)");
        XAResource resource = connection.getXAResource();
        resource.start(branch, XAResource.TMNOFLAGS);
        statement.execute("INSERT INTO orders VALUES (1)");
        resource.end(branch, XAResource.TMSUCCESS);
        resource.prepare(branch);
        if (source instanceof PGXADataSource) {
            connection.close();
        } else {
            try (Connection other = source.getXAConnection().getConnection();
                    Statement shutdown = other.createStatement()) {
                shutdown.execute("SHUTDOWN IMMEDIATELY"); // as if the process had died
            } catch (SQLException e) {
                assertThat(e.getMessage()).contains("closed");
            }
        }
    }

    private static void assertRolledBack(XADataSource source, String database) throws Exception {
        List<String> commands = commands(database);
        XAConnection connection = source.getXAConnection();
        try (Connection session = connection.getConnection();
                Statement statement = session.createStatement()) {
            List<String> branches = firstColumn(statement, commands.get(0));
            assertThat(branches).hasSize(1);

            statement.execute(
                    commands.get(1).replaceAll("<\\w+>", java.util.regex.Matcher.quoteReplacement(branches.get(0))));

            assertThat(firstColumn(statement, commands.get(0))).isEmpty();
            assertThat(firstColumn(statement, "SELECT id FROM orders")).isEmpty();
        } finally {
            connection.close();
        }
    }

    /** The commands in the row of the database. */
    private static List<String> commands(String database) throws IOException {
        String page = Files.readString(Page.ROOT.resolve("docs/operations.md"));
        String row = Pattern.compile("(?m)^ *\\| " + database + " \\|.*$")
                .matcher(page)
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow();
        return Pattern.compile("`([^`]+)`")
                .matcher(row)
                .results()
                .map(command -> command.group(1))
                .toList();
    }

    private static List<String> firstColumn(Statement statement, String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                values.add(rows.getString(1));
            }
        }
        return values;
    }

    private static URL driverOfWildFly() throws IOException {
        Path module = Path.of(System.getProperty("server.home"), "modules/system/layers/base/com/h2database/h2/main");
        try (Stream<Path> files = Files.list(module)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .findFirst()
                    .orElseThrow()
                    .toUri()
                    .toURL();
        }
    }
}
