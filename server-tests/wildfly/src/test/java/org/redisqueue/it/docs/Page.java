// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param file relative to the root of the repository
 * @param steps the blocks, and the directives that stand on their own, in the order of the page
 */
record Page(Path file, List<Step> steps) {

    /** The root of the repository. */
    static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();

    /** The README of the application that the archetype generates. */
    private static final String GENERATED = "archetype/src/main/resources/archetype-resources/README.md";

    private static final Pattern FENCE = Pattern.compile("( *)```(\\S*)");
    private static final Pattern DIRECTIVE = Pattern.compile(" *(?:##)?<!-- *doc-?test( page)?(.*?) *-->");
    private static final Pattern EXCERPT = Pattern.compile(" *<!-- (from .*) -->");

    /** The directives of the package comment. */
    private static final Pattern KNOWN = Pattern.compile(
            ": (figures vary( freely)?|(not run:|until|input|save|prepare|expect|fails:|from) \\S.*|into \\S+ before \\S.*)");

    private static final List<String> ALONE = List.of("prepare ", "expect ");

    /** The README, the other pages in the root, all pages in {@code docs}, and the README of generated applications. */
    static List<Page> all() {
        try (Stream<Path> root = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.of(root, docs, Stream.of(ROOT.resolve(GENERATED)))
                    .flatMap(pages -> pages)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .map(Page::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The page with this name, such as {@code docs/cli.md}. */
    static Page of(String name) {
        return read(ROOT.resolve(name));
    }

    private static Page read(Path file) {
        try {
            return new Page(
                    ROOT.relativize(file),
                    new Parser(ROOT.relativize(file).toString()).parse(Files.readAllLines(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A page with this text. */
    static Page parse(String text) {
        return new Page(
                Path.of("page.md"), new Parser("page.md").parse(text.lines().toList()));
    }

    Stream<Step> blocks() {
        return steps.stream().filter(step -> step.language() != null);
    }

    @Override
    public String toString() {
        return file.toString();
    }

    /** Reads the steps of a page. */
    private static final class Parser {

        private final String page;
        private final List<Step> steps = new ArrayList<>();
        private String directive = "";
        private String pageDirective = "";

        Parser(String page) {
            this.page = page;
        }

        List<Step> parse(List<String> lines) {
            for (int i = 0; i < lines.size(); i++) {
                Matcher fence = FENCE.matcher(lines.get(i));
                Matcher excerpt = EXCERPT.matcher(lines.get(i));
                Matcher comment = DIRECTIVE.matcher(lines.get(i));
                if (fence.matches()) {
                    int end = i + 1;
                    while (!lines.get(end).equals(fence.group(1) + "```")) {
                        end++;
                    }
                    addBlock(i + 1, fence.group(1).length(), fence.group(2), lines.subList(i + 1, end));
                    i = end;
                } else if (comment.matches()) {
                    addDirective(i + 1, comment.group(1) != null, comment.group(2));
                } else if (excerpt.matches()) {
                    addDirective(i + 1, false, ": " + excerpt.group(1));
                } else if (!lines.get(i).isBlank()) {
                    requireNoDirective(i + 1);
                }
            }
            return List.copyOf(steps);
        }

        private void addBlock(int line, int indent, String language, List<String> lines) {
            String text = lines.stream()
                    .map(content -> content.substring(Math.min(indent, content.length())) + "\n")
                    .reduce("", String::concat);
            steps.add(new Step(page, line, language, text, directive.isEmpty() ? pageDirective : directive));
            directive = "";
        }

        private void addDirective(int line, boolean ofPage, String comment) {
            if (!KNOWN.matcher(comment).matches()) {
                throw new IllegalStateException(page + ":" + line + ": unknown directive '" + comment + "'");
            }
            String text = comment.substring(2);
            if (ofPage) {
                pageDirective = text;
            } else if (ALONE.stream().anyMatch(text::startsWith)) {
                requireNoDirective(line);
                steps.add(new Step(page, line, null, "", text));
            } else {
                directive += (directive.isEmpty() ? "" : "\n") + text;
            }
        }

        private void requireNoDirective(int line) {
            if (!directive.isEmpty()) {
                throw new IllegalStateException(page + ":" + line + ": no block follows 'doctest: " + directive + "'");
            }
        }
    }
}
