// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A command with the output that a page shows. Times, durations, versions of messages and the width of columns may differ;
 * {@code …} stands for anything, and the page may leave out lines.
 */
record Transcript(String command, List<String> expected) {

    /** How the numbers in the output may differ from those on the page. */
    enum Figures {
        /** Not at all. */
        EQUAL(text -> text),
        /** Only zero is zero. */
        VARY(text -> text.replaceAll("\\b0*[1-9]\\d*", "9")),
        VARY_FREELY(text -> text.replaceAll("\\d+", "0"));

        private final UnaryOperator<String> form;

        Figures(UnaryOperator<String> form) {
            this.form = form;
        }

        static Figures of(Step step) {
            if (step.has("figures vary freely")) {
                return VARY_FREELY;
            }
            return step.has("figures vary") ? VARY : EQUAL;
        }
    }

    private static final String PROMPT = "$ ";

    private static final Pattern EXCEPTION = Pattern.compile("(?m)^Exception in thread|^\\s+at \\S+\\(.*\\)$");

    private static final Pattern ANSWER = Pattern.compile("\\[y/N] (\\w+)$");

    /** The commands of a block, each with the lines up to the next prompt. */
    static List<Transcript> of(String block) {
        List<Transcript> found = new ArrayList<>();
        for (String line : block.lines().toList()) {
            if (line.startsWith(PROMPT)) {
                found.add(new Transcript(line.substring(PROMPT.length()), new ArrayList<>()));
            } else if (found.isEmpty()) {
                throw new IllegalArgumentException("The block does not begin with '$ ': " + line);
            } else {
                found.get(found.size() - 1).expected.add(line);
            }
        }
        return found;
    }

    /** What the reader types in answer to the questions of the command. */
    String answers() {
        return expected.stream()
                .flatMap(line -> ANSWER.matcher(line).results())
                .map(answer -> answer.group(1) + "\n")
                .collect(Collectors.joining());
    }

    /** Whether the output contains the lines of the page in their order. */
    boolean matches(String output, Figures figures) {
        String shown = expected.stream()
                .map(line -> ANSWER.matcher(line).replaceAll("[y/N]"))
                .collect(Collectors.joining("\n"));
        Iterator<String> printed =
                form(output.replace("[y/N] ", "[y/N]\n"), figures).lines().iterator();
        return form(shown, figures).lines().map(Transcript::pattern).allMatch(line -> contains(printed, line));
    }

    /** Whether the output reports an error of Java that the page does not show. */
    boolean hasUnexpectedException(String output) {
        return EXCEPTION.matcher(output).find()
                && !EXCEPTION.matcher(String.join("\n", expected)).find();
    }

    private static boolean contains(Iterator<String> lines, Pattern line) {
        while (lines.hasNext()) {
            if (line.matcher(lines.next()).matches()) {
                return true;
            }
        }
        return false;
    }

    private static Pattern pattern(String line) {
        return Pattern.compile(Pattern.quote(line).replace("…", "\\E.*\\Q"));
    }

    /** The text without what differs from run to run. */
    static String form(String text, Figures figures) {
        String form = text.lines()
                .map(line -> line.strip()
                        .replaceAll("\\x1b\\[[0-9;]*[A-Za-z]", "")
                        .replaceAll("olga@\\S+", "olga@host")
                        .replaceAll("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z", "<time>")
                        .replaceAll("\\b\\d\\d:\\d\\d:\\d\\d\\b", "<time>")
                        .replaceAll("\\b\\d+(ms|[dhms])( \\d+(ms|[dhms]))*\\b", "<duration>")
                        .replaceAll("\\b[0-9a-f]{40}\\b", "<version>")
                        .replaceAll("\\b\\d{13}-\\d\\b", "<entry>")
                        .replaceAll("127\\.0\\.0\\.1:\\d+", "<redis>")
                        .replaceAll(" +", " "))
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining("\n"));
        return figures.form.apply(form);
    }
}
