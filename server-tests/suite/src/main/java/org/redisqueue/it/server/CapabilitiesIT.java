// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.it.server.Outcomes.Outcome;
import org.redisqueue.launchers.server.Limitation;

/** Runs after all other tests, and compares the table of servers and capabilities with their outcomes. */
@Tag("alone")
@Order(Integer.MAX_VALUE)
class CapabilitiesIT {

    private static final Path TABLE = Path.of("..", "..", "docs", "servers", "README.md");
    private static final String NOT_TRIED = "not tried";

    /** The versions of Java that the project tests. Others may work. */
    private static final List<Integer> TESTED_JAVA = List.of(17, 25);

    /** The cell of the table for each outcome, as a regular expression. No cell matches a failure. */
    private static final Map<Outcome, String> CELLS =
            Map.of(Outcome.YES, "yes", Outcome.LIMITED, "no \\(\\d+\\)", Outcome.FAILED, "(?!)");

    @Test
    void tableOfCapabilitiesMatchesTheTests() throws IOException {
        Map<String, String> column = column(TestedServer.current().kind().name());

        Map<Capability, Outcome> seen = Outcomes.ofAllJvms();
        for (Capability capability : Capability.values()) {
            if (seen.containsKey(capability)) {
                assertThat(column.get(capability.title()))
                        .as(capability.title())
                        .matches(CELLS.get(seen.get(capability)));
            } else if (isWholeSuite()) {
                assertThat(column.get(capability.title()))
                        .as(capability.title())
                        .isEqualTo(NOT_TRIED);
            }
        }
    }

    @Test
    void tableNamesTheVersionOfTheServer() throws IOException {
        assumeThat(Boolean.getBoolean("server.installed")).isFalse();

        assertThat(column(TestedServer.current().kind().name()).get("Version"))
                .isEqualTo(System.getProperty("server.version"));
    }

    @Test
    void tableNamesTheVersionOfJava() throws IOException {
        int java = Runtime.version().feature();
        assumeThat(java).isIn(TESTED_JAVA);

        assertThat(column(TestedServer.current().kind().name()).get("Java").split(", "))
                .contains(String.valueOf(java));
    }

    @Test
    void tableGivesTheReasonForEachLimitation() throws IOException {
        String table = Files.readString(TABLE);

        assertThat(TestedServer.current().kind().limitations())
                .extracting(Limitation::reason)
                .allSatisfy(reason -> assertThat(table).contains(reason));
    }

    /** Whether the command line selects no tests. */
    private static boolean isWholeSuite() {
        return System.getProperty("it.test") == null;
    }

    /** Maps the title of each capability to the cell of this server. */
    private static Map<String, String> column(String server) throws IOException {
        List<String[]> rows = Files.readAllLines(TABLE).stream()
                .filter(line -> line.startsWith("|"))
                .map(line -> Stream.of(line.split("\\|")).map(String::strip).toArray(String[]::new))
                .toList();
        String[] heading = rows.stream()
                .filter(row -> Arrays.asList(row).contains(server))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No column " + server + " in " + TABLE));
        int index = Arrays.asList(heading).indexOf(server);
        Map<String, String> column = new LinkedHashMap<>();
        rows.stream().filter(row -> row.length > index).forEach(row -> column.put(row[1], row[index]));
        return column;
    }
}
