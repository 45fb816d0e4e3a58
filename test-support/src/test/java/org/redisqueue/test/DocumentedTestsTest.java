// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code in the page about tests is that of classes which the build compiles and runs. */
class DocumentedTestsTest {

    private static final Path ROOT = Path.of("..");
    private static final Path PAGE = ROOT.resolve("docs/testing.md");
    private static final Pattern ANY_SAMPLE = Pattern.compile("(?m)^```java$");
    private static final Pattern SAMPLE = Pattern.compile("(?ms)^<!-- from (\\S+) -->\n```java\n(.*?)^```$");

    @Test
    void everySampleNamesItsSource() throws IOException {
        String page = Files.readString(PAGE);
        long samples = ANY_SAMPLE.matcher(page).results().count();
        assertThat(samples(page))
                .as("samples with a comment: <!-- from path -->")
                .hasSize((int) samples);
        assertThat(samples).isGreaterThan(3);
    }

    @Test
    void samplesAreTakenFromTheirSources() throws IOException {
        for (MatchResult sample : samples(Files.readString(PAGE))) {
            String source = normalized(Files.readString(ROOT.resolve(sample.group(1))));
            for (String part : sample.group(2).split("(?m)^\\s*// …$")) {
                assertThat(source).as(sample.group(1)).contains(normalized(part));
            }
        }
    }

    private static List<MatchResult> samples(String page) {
        return SAMPLE.matcher(page).results().toList();
    }

    /** The text without indentation and empty lines. */
    private static String normalized(String text) {
        return String.join(
                "\n",
                Arrays.stream(text.split("\n"))
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList());
    }
}
