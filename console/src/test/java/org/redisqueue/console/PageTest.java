// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The files of the page. */
class PageTest {

    private static final Path FILES = Path.of("src/main/webapp");
    private static final Pattern IMPORT = Pattern.compile("(?:from '|href=\"|src=\")([^'\"#]+\\.(?:js|css|svg))['\"]");

    /** What would interpret a text as markup or code, or what the policy of the page forbids. */
    private static final Pattern UNSAFE = Pattern.compile(
            "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|DOMParser|\\beval\\(|new Function|srcdoc"
                    + "|javascript:|style=\"| on[a-z]+=\"");

    private static final Pattern OTHER_ORIGIN = Pattern.compile("(?:https?:)?//[a-z0-9.-]+\\.[a-z]{2,}");

    static Stream<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(FILES)) {
            return files.filter(file -> file.toString().matches(".*\\.(html|js|css|svg)")).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    void textsAreNeverMarkup(Path file) {
        assertThat(read(file)).doesNotContainPattern(UNSAFE);
    }

    @ParameterizedTest
    @MethodSource("sources")
    void nothingIsLoadedFromOtherOrigins(Path file) {
        String source = read(file).replace("http://www.w3.org/2000/svg", "");

        assertThat(source).doesNotContainPattern(OTHER_ORIGIN).doesNotContain("@import");
    }

    @ParameterizedTest
    @MethodSource("sources")
    void referencedFilesExist(Path file) {
        Matcher reference = IMPORT.matcher(read(file));
        while (reference.find()) {
            assertThat(file.resolveSibling(reference.group(1)).normalize()).isRegularFile();
        }
    }

    @ParameterizedTest
    @MethodSource("sources")
    void fileIsShort(Path file) {
        assertThat(read(file).lines().count()).isLessThanOrEqualTo(350);
    }

    @ParameterizedTest
    @CsvSource({
        "'', text/html",
        "index.html, text/html",
        "js/main.js, text/javascript",
        "css/base.css, text/css",
        "icon.svg, image/svg+xml"
    })
    void fileIsServedWithItsType(String path, String type) {
        HttpResponse<String> response = ConsoleClient.viewer().get(path);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElseThrow()).startsWith(type);
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-cache");
    }

    @Test
    void responsesOfTheApiAreNotStored() {
        assertThat(List.of("api/queues", "metrics", "api/unknown"))
                .allSatisfy(path -> assertThat(
                                ConsoleClient.viewer().get(path).headers().firstValue("Cache-Control"))
                        .hasValue("no-store"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
