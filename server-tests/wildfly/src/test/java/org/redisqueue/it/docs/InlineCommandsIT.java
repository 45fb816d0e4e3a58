// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The commands of the command line that pages mention in text and tables exist, and have the options. */
class InlineCommandsIT {

    private static final Pattern COMMAND = Pattern.compile("`redis-queue ([^`]+)`");
    private static final Map<String, String> HELP = new ConcurrentHashMap<>();

    static Stream<String> commands() {
        return Page.all().stream()
                .flatMap(page -> COMMAND.matcher(read(Page.ROOT.resolve(page.file())))
                        .results()
                        .map(command -> command.group(1).replaceAll("\\s+", " ")))
                .distinct();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void commandExists(String command) {
        String[] words = command.split(" ");
        String help = HELP.computeIfAbsent(words[0].startsWith("-") ? "" : words[0], InlineCommandsIT::help);
        for (String word : words) {
            if (word.startsWith("-")) {
                assertThat(help)
                        .containsPattern("(?m)(^|[\\s,\\[])" + Pattern.quote(word.split("=")[0]) + "($|[\\s,=\\]])");
            }
        }
    }

    private static String help(String command) {
        try {
            List<String> line = new ArrayList<>(
                    List.of(System.getProperty("java.home") + "/bin/java", "-jar", Tools.CLI.toString(), "--help"));
            if (!command.isEmpty()) {
                line.add(line.size() - 1, command);
            }
            Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
            String help = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(help).isZero();
            return help;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
