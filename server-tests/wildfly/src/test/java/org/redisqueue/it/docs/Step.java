// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * A block of a page, or a directive that stands on its own.
 *
 * @param line the line of the page with the beginning of the block
 * @param language the language that the block states; empty if none, null if this is not a block
 * @param text the content of the block
 * @param directive what the comments before the block say, a line for each; empty if there is none
 */
record Step(String page, int line, String language, String text, String directive) {

    /** What follows this word in a directive; empty if no directive begins with the word. */
    Optional<String> directive(String word) {
        return directives()
                .filter(text -> text.startsWith(word + " "))
                .map(text -> text.substring(word.length() + 1))
                .findFirst();
    }

    /** Whether this is one of the directives. */
    boolean has(String text) {
        return directives().anyMatch(text::equals);
    }

    /** Whether the page says that this command fails. */
    boolean fails(String command) {
        return directive("fails:").filter(command::equals).isPresent();
    }

    private Stream<String> directives() {
        return directive.lines();
    }

    /** Why the block is not run. */
    Optional<String> reasonNotToRun() {
        return directive("not run:");
    }

    /** Whether the block consists of Maven's commands, which {@link MavenCommand} checks: the build itself has run them. */
    boolean isMaven() {
        return "sh".equals(language)
                && text.replaceAll("\\\\\n *", "")
                        .lines()
                        .allMatch(line -> line.startsWith("mvn ") || line.startsWith("#") || line.isBlank());
    }

    @Override
    public String toString() {
        return page + ":" + line + " " + (language == null ? directive : language);
    }
}
