// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.util.Optional;

/**
 * A block of a page, or a directive that stands on its own.
 *
 * @param line the line of the page with the beginning of the block
 * @param language the language that the block states; empty if none, null if this is not a block
 * @param text the content of the block
 * @param directive what the comment before the block says; empty if there is none
 */
record Step(String page, int line, String language, String text, String directive) {

    /** What follows this word in the directive; empty if the directive begins with another word. */
    Optional<String> directive(String word) {
        return directive.startsWith(word + " ")
                ? Optional.of(directive.substring(word.length() + 1))
                : Optional.empty();
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
