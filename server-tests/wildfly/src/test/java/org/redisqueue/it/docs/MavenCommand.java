// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A command line of Maven on a page. Its phases, goals, options, profiles, modules, properties and tests must exist. */
final class MavenCommand {

    private static final Pattern IN_TEXT = Pattern.compile("`mvn ([^`]+)`");
    private static final Pattern WORD = Pattern.compile("(?:[^\\s']|'[^']*')+");

    private static final Set<String> PHASES =
            Set.of("clean", "compile", "test-compile", "test", "package", "verify", "install", "deploy");

    /** The goals that the pages mention. */
    private static final Set<String> GOALS = Set.of(
            "archetype:generate",
            "dependency:copy",
            "spotless:apply",
            "versions:set",
            "wildfly:run",
            "wildfly:provision");

    private static final Set<String> OPTIONS = Set.of("-am", "-B", "-ntp", "-q", "-o", "-U");

    /** Properties of the Maven plugins. */
    private static final Set<String> OF_PLUGINS = Set.of(
            "archetypeCatalog",
            "archetypeGroupId",
            "archetypeArtifactId",
            "archetypeVersion",
            "artifact",
            "artifactId",
            "excludedTestClasses",
            "failsafe.failIfNoSpecifiedTests",
            "generateBackupPoms",
            "gpg.skip",
            "groupId",
            "interactiveMode",
            "it.test",
            "maven.repo.local",
            "mdep.stripVersion",
            "newVersion",
            "outputDirectory",
            "package",
            "skipITs",
            "skipTests",
            "surefire.failIfNoSpecifiedTests",
            "targetClasses",
            "targetTests",
            "test",
            "updateBuildOutputTimestampPolicy",
            "version");

    /** All POMs and Java files of the repository. */
    static final String SOURCES = sources();

    private MavenCommand() {}

    /** The command lines in the blocks and in the text of a page. */
    static Stream<String> of(Page page) {
        Stream<String> blocks = page.blocks()
                .filter(block -> block.language().equals("sh"))
                .flatMap(block -> block.text().replaceAll("\\\\\n\\s*", "").lines())
                .filter(line -> line.startsWith("mvn "))
                .map(line -> line.substring("mvn ".length()).replaceFirst(" #.*", ""));
        try {
            String text = Files.readString(Page.ROOT.resolve(page.file()));
            return Stream.concat(
                    blocks,
                    IN_TEXT.matcher(text)
                            .results()
                            .map(command -> command.group(1).replaceAll("\\s+", " ")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the command line names although it does not exist. */
    static List<String> errors(String command) {
        List<String> errors = new ArrayList<>();
        Iterator<String> words = WORD.matcher(command)
                .results()
                .map(word -> word.group().replace("'", ""))
                .iterator();
        while (words.hasNext()) {
            String word = words.next();
            if (word.startsWith("-P")) {
                list(word.substring(2))
                        .filter(profile -> !SOURCES.contains("<id>" + profile + "</id>"))
                        .forEach(errors::add);
            } else if (word.equals("-pl") || word.equals("-f")) {
                list(words.hasNext() ? words.next().replace("!", "") : "<nothing>/")
                        .filter(module -> !isModule(module))
                        .forEach(errors::add);
            } else if (word.startsWith("-D")) {
                addErrors(word.substring(2).split("=", 2), errors);
            } else if (!OPTIONS.contains(word) && !PHASES.contains(word) && !GOALS.contains(word)) {
                errors.add(word);
            }
        }
        return errors;
    }

    private static void addErrors(String[] property, List<String> errors) {
        if (!OF_PLUGINS.contains(property[0]) && !isProperty(property[0])) {
            errors.add(property[0]);
        }
        if (property[0].equals("test") || property[0].equals("it.test")) {
            list(property[1]).filter(test -> !isTest(test)).forEach(errors::add);
        }
    }

    /** {@code <id>} stands for the name of a server. */
    private static boolean isModule(String module) {
        return module.endsWith("/<id>")
                || Files.exists(Page.ROOT.resolve(module).resolve("pom.xml"));
    }

    /** Whether a POM defines or uses the property, or a test reads it. */
    private static boolean isProperty(String name) {
        return Stream.of(
                        "<%s>",
                        "<name>%s</name>",
                        "<name>!%s</name>",
                        "${%s}",
                        "getProperty(\"%s\"",
                        "getBoolean(\"%s\"",
                        "getInteger(\"%s\"")
                .anyMatch(form -> SOURCES.contains(form.formatted(name)));
    }

    private static Stream<String> list(String names) {
        return Stream.of(names.split(","));
    }

    private static boolean isTest(String name) {
        return name.equals("none") || name.contains("*") || SOURCES.contains("class " + name + " ");
    }

    private static String sources() {
        try (Stream<Path> files = Files.find(Page.ROOT, 20, (file, attributes) -> isSource(file))) {
            return files.map(MavenCommand::read).collect(Collectors.joining());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSource(Path file) {
        String path = Page.ROOT.relativize(file).toString();
        return !path.contains("target/") && (path.endsWith("pom.xml") || path.endsWith(".java"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
