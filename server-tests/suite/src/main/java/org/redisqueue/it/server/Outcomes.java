// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;

/** The outcomes of the capabilities that the tests of a JVM have tried, in a file that other JVMs can read. */
final class Outcomes {

    private static final String FILE = "outcomes.properties";

    private static final Outcomes OF_THIS_JVM = new Outcomes(TestedServer.DIRECTORY.resolve(FILE));

    private final Path file;
    private final Map<Capability, Outcome> worst = new EnumMap<>(Capability.class);

    private Outcomes(Path file) {
        this.file = file;
    }

    /** The outcome of a capability: the worst outcome of its tests. */
    enum Outcome {
        YES,
        /** Some of its tests hit a limitation. */
        LIMITED,
        FAILED
    }

    static Outcomes ofThisJvm() {
        return OF_THIS_JVM;
    }

    /** The outcomes in all JVMs that have run tests of this module. */
    static Map<Capability, Outcome> ofAllJvms() {
        Outcomes all = new Outcomes(Path.of(FILE));
        try (DirectoryStream<Path> directories =
                Files.newDirectoryStream(TestedServer.DIRECTORY.resolveSibling("."), Files::isDirectory)) {
            for (Path directory : directories) {
                all.add(directory.resolve(FILE));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all.worst;
    }

    private void add(Path outcomes) throws IOException {
        if (Files.exists(outcomes)) {
            Properties properties = new Properties();
            try (Reader reader = Files.newBufferedReader(outcomes)) {
                properties.load(reader);
            }
            properties.forEach((capability, outcome) ->
                    merge(Capability.valueOf((String) capability), Outcome.valueOf((String) outcome)));
        }
    }

    private void merge(Capability capability, Outcome outcome) {
        worst.merge(capability, outcome, (one, other) -> one.compareTo(other) > 0 ? one : other);
    }

    /** Forgets the outcomes of an earlier run. */
    synchronized void clear() {
        worst.clear();
        store();
    }

    synchronized void note(Capability capability, Outcome outcome) {
        merge(capability, outcome);
        store();
    }

    private void store() {
        Properties properties = new Properties();
        worst.forEach((capability, outcome) -> properties.setProperty(capability.name(), outcome.name()));
        try {
            Files.createDirectories(file.getParent());
            try (Writer writer = Files.newBufferedWriter(file)) {
                properties.store(writer, null);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
