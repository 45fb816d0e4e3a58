// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The commands of each page succeed in their order, and print what the page shows. {@code -Ddocs.page=docs/cli.md} selects
 * pages, separated by commas, and the page that sets up the server if they need it. After a failure, the rest of a page is
 * skipped, unless {@code -Ddocs.all=true}.
 */
class DocumentedPagesIT {

    private static final Set<String> COMMANDS = Set.of("sh", "console", "jboss-cli", "redis-cli", "python");

    /** The page that sets up the server, then those that need the adapter or the console on it. */
    private static final List<String> FIRST =
            List.of("docs/servers/wildfly.md", "docs/console.md", "docs/operations.md");

    private static Newcomer newcomer;

    @BeforeAll
    static void prepare() {
        assumeFalse(Boolean.getBoolean("docs.skip"), "-Ddocs.skip=true");
        assertThat(Tools.missing())
                .as("programs that are not installed; -Ddocs.skip=true skips this test")
                .isEmpty();
        newcomer = new Newcomer(
                Path.of(System.getProperty("server.home")),
                Path.of("target", "docs").toAbsolutePath());
    }

    @AfterAll
    static void leave() throws IOException {
        if (newcomer != null) {
            newcomer.close();
        }
    }

    @TestFactory
    Stream<DynamicContainer> pages() {
        List<Page> selected = Stream.concat(
                        FIRST.stream().map(Page::of),
                        Page.all().stream().filter(page -> !FIRST.contains(page.toString())))
                .filter(page -> page.blocks().anyMatch(DocumentedPagesIT::isRun))
                .filter(page -> isSelected(page.toString()))
                .toList();
        boolean setUp = selected.stream().anyMatch(DocumentedPagesIT::needsServer)
                && !selected.get(0).toString().equals(FIRST.get(0));
        return Stream.concat(setUp ? Stream.of(Page.of(FIRST.get(0))) : Stream.empty(), selected.stream())
                .map(DocumentedPagesIT::steps);
    }

    private static boolean isSelected(String page) {
        return Stream.of(System.getProperty("docs.page", "").split(",")).anyMatch(page::contains);
    }

    /** Whether the page relies on the server that the first page sets up. */
    private static boolean needsServer(Page page) {
        return page.blocks()
                .filter(DocumentedPagesIT::isRun)
                .anyMatch(block -> block.language().equals("jboss-cli")
                        || block.text().contains("localhost:8080")
                        || block.text().contains("$JBOSS_HOME"));
    }

    private static boolean isRun(Step block) {
        return COMMANDS.contains(block.language()) && block.reasonNotToRun().isEmpty() && !block.isMaven();
    }

    private static DynamicContainer steps(Page page) {
        boolean[] failed = {false};
        Stream<DynamicTest> tests = page.steps().stream()
                .map(step -> DynamicTest.dynamicTest(step.toString(), () -> {
                    assumeTrue(!failed[0] || Boolean.getBoolean("docs.all"), "an earlier step failed");
                    failed[0] = true;
                    newcomer.follow(step);
                    failed[0] = false;
                }));
        return DynamicContainer.dynamicContainer(
                page.toString(), Stream.concat(Stream.of(DynamicTest.dynamicTest("open", newcomer::open)), tests));
    }
}
