// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestRedis;

/** The table of server versions in the documentation describes the server with which the tests run. */
class DocumentedVersionsTest {

    private static final Path PAGE = Path.of("../../docs/protocol.md");
    private static final Pattern VERSION = Pattern.compile("(redis|valkey)_version:((\\d+\\.\\d+)\\.\\d+)");

    private final TestRedis redis = TestRedis.shared();

    /** The cells of the column for the server of the tests, without the heading. */
    private List<String> column() throws IOException {
        String info = (String) redis.call("INFO", "server");
        Matcher version = VERSION.matcher(info);
        String product = "";
        String full = "";
        while (version.find()) { // Valkey has both, its own last
            product = (version.group(1).equals("redis") ? "Redis " : "Valkey ") + version.group(3);
            full = version.group(2);
        }
        List<List<String>> rows = Files.readString(PAGE)
                .lines()
                .dropWhile(line -> !line.equals("## Server versions"))
                .dropWhile(line -> !line.startsWith("|"))
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toList())
                .toList();
        int column = rows.get(0).indexOf(product);
        assertThat(column).as("column of %s %s", product, full).isPositive();
        assertThat(rows.get(2).get(column)).isEqualTo(full);
        return rows.stream().skip(2).map(row -> row.get(column)).toList();
    }

    private static String yes(boolean supported) {
        return supported ? "yes" : "no";
    }

    private boolean knows(String command) {
        return redis.call("COMMAND", "INFO", command).toString().contains(command);
    }

    private boolean permits(String rule) {
        try {
            redis.call("ACL", "SETUSER", "documented", rule);
            return true;
        } catch (RespConnection.ErrorReply e) {
            return false;
        } finally {
            redis.call("ACL", "DELUSER", "documented");
        }
    }

    @Test
    void tableDescribesTheServerOfTheTests() throws IOException {
        List<String> column = column();

        assertThat(column.subList(1, 4))
                .containsExactly(
                        yes(knows("wait")), yes(knows("waitaof")), yes(permits("-script|load") && permits("%R~key")));
    }
}
