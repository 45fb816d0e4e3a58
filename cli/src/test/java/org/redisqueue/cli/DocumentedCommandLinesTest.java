// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** The command lines in the documentation have valid commands and options. */
class DocumentedCommandLinesTest {

    private static final Path DOCUMENTATION = Path.of("../docs");

    private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```[\\w-]*\\n(.*?)^\\1```$");
    private static final Pattern INLINE = Pattern.compile("`redis-queue ([^`]+)`");
    private static final Pattern WORD = Pattern.compile("(?:[^\\s'\"]|'[^']*'|\"[^\"]*\")+");

    static Stream<String> commandLines() throws IOException {
        try (Stream<Path> files = Files.walk(DOCUMENTATION)) {
            return files
                    .filter(file -> file.toString().endsWith(".md"))
                    .flatMap(DocumentedCommandLinesTest::commandLines)
                    .collect(Collectors.toCollection(TreeSet::new))
                    .stream();
        }
    }

    private static Stream<String> commandLines(Path page) {
        String text;
        try {
            text = Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Stream<String> blocks = BLOCK.matcher(text)
                .results()
                .flatMap(block -> block.group(2).lines())
                .map(line -> line.strip().replaceFirst("^\\$ ", ""))
                .filter(line -> line.startsWith("redis-queue "))
                .map(line -> line.substring("redis-queue ".length()));
        Stream<String> inline = INLINE.matcher(text).results().map(found -> found.group(1));
        return Stream.concat(blocks, inline);
    }

    @Test
    void commandLinesAreFound() throws IOException {
        assertThat(commandLines()).hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @MethodSource("commandLines")
    void commandLineIsValid(String arguments) {
        List<String> words = WORD.matcher(arguments)
                .results()
                .map(word -> word.group().replaceAll("['\"]", ""))
                .filter(word -> !word.equals("--ask-password")) // would read from the terminal
                .toList();
        try (RedisQueueCommand command = new RedisQueueCommand()) {
            CommandLine line = RedisQueueCommand.commandLine(command);

            assertThatCode(() -> line.parseArgs(words.toArray(String[]::new))).doesNotThrowAnyException();
        }
    }
}
