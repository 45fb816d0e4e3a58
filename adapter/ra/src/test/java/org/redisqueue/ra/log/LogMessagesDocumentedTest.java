// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Checks that the tables of log messages and errors in the documentation match the code. */
class LogMessagesDocumentedTest {

    private static final Path DOCUMENTATION = Path.of("../../docs/log-messages.md");
    private static final List<Path> SOURCES = List.of(
            Path.of("src/main"),
            Path.of("../api/src/main"),
            Path.of("../../cdi-extension/src/main"),
            Path.of("../../console/src/main/java"));

    /** The rows of the CDI extension and of the console, which their own tests compare. */
    private static final Pattern OF_OTHERS = Pattern.compile("RQ-[56].*");

    /** A number anywhere in a text literal, but not in a comment. */
    private static final Pattern IN_LITERAL = Pattern.compile("\"[^\"\\n]*?\\b(RQ-\\d{3})\\b");

    private static final Pattern ROW = Pattern.compile("^\\| (RQ-\\d{3}) \\|", Pattern.MULTILINE);
    private static final Pattern LOG_ROW =
            Pattern.compile("^\\| (RQ-\\d{3} \\| [A-Z]+ \\| .*?) \\| [^|]+ \\|$", Pattern.MULTILINE);

    @Test
    void tablesListExactlyTheIdsOfTheCode() throws IOException {
        Set<String> used =
                sources().flatMap(source -> found(IN_LITERAL, source)).collect(Collectors.toSet());
        Arrays.stream(LogMessage.values()).map(LogMessage::id).forEach(used::add);

        assertThat(new TreeSet<>(rows())).isEqualTo(new TreeSet<>(used));
    }

    @Test
    void eachIdIsExplainedOnce() throws IOException {
        assertThat(rows()).doesNotHaveDuplicates();
    }

    @Test
    void logMessagesAreDocumentedVerbatim() throws IOException {
        List<String> written = Arrays.stream(LogMessage.values())
                .map(message -> message.id() + " | " + message.level() + " | " + message.text())
                .toList();

        assertThat(found(LOG_ROW, Files.readString(DOCUMENTATION))
                        .filter(row -> !OF_OTHERS.matcher(row).matches()))
                .containsExactlyElementsOf(written);
    }

    private static List<String> rows() throws IOException {
        return found(ROW, Files.readString(DOCUMENTATION)).toList();
    }

    private static Stream<String> found(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(result -> result.group(1));
    }

    private static Stream<String> sources() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path sources : SOURCES) {
            try (Stream<Path> files = Files.walk(sources)) {
                files.filter(Files::isRegularFile)
                        .map(LogMessagesDocumentedTest::read)
                        .forEach(found::add);
            }
        }
        return found.stream();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
