// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.LogTail;
import org.redisqueue.launchers.process.Ports;
import org.redisqueue.launchers.process.Wait;

/**
 * A freshly unpacked WildFly, with other ports and more frequent recovery. Directories that a reader may change are
 * copies; the others are links to the installation.
 */
final class WildFlyHome {

    private static final List<String> COPIED = List.of("bin", "domain", "standalone");
    private static final int[] PORTS = {4712, 4713, 8080, 8443, 9990};
    /** Recovery connects to Redis soon after a start, so that the tests need not wait for its first pass. */
    private static final String QUICK_RECOVERY = " -DRecoveryEnvironmentBean.periodicRecoveryPeriod=2"
            + " -DRecoveryEnvironmentBean.recoveryBackoffPeriod=1";

    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Path directory;
    private final Path log;
    private final int offset;
    private int seen;

    private WildFlyHome(Path directory, int offset) {
        this.directory = directory;
        this.log = directory.resolve("standalone/log/server.log");
        this.offset = offset;
    }

    static WildFlyHome unpack(Path installation, Path directory) {
        try {
            Directories.delete(directory);
            Files.createDirectories(directory);
            link(installation, directory, COPIED);
            for (String copied : COPIED) {
                copy(installation.resolve(copied), directory.resolve(copied));
            }
            int offset = freeOffset();
            WildFlyHome home = new WildFlyHome(directory, offset);
            home.changePorts();
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path from, Path to, List<String> except) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
            for (Path entry : entries) {
                if (!except.contains(entry.getFileName().toString())) {
                    Files.createSymbolicLink(to.resolve(entry.getFileName()), entry.toAbsolutePath());
                }
            }
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.copy(from, to);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(from)) {
            for (Path entry : entries) {
                Path copy = to.resolve(entry.getFileName());
                if (entry.endsWith("bin/client")) {
                    Files.createSymbolicLink(copy, entry.toAbsolutePath());
                } else if (Files.isDirectory(entry)) {
                    copy(entry, copy);
                } else {
                    Files.copy(entry, copy, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
        }
    }

    private static int freeOffset() {
        return ThreadLocalRandom.current()
                .ints(1_000, 5_000)
                .filter(offset -> java.util.stream.IntStream.of(PORTS)
                        .noneMatch(port -> Ports.isOpen("127.0.0.1", port + offset)))
                .findFirst()
                .orElseThrow();
    }

    private void changePorts() throws IOException {
        Path options = directory.resolve("bin/standalone.conf");
        Files.writeString(
                options,
                Files.readString(options) + "\nJAVA_OPTS=\"$JAVA_OPTS -Djboss.socket.binding.port-offset=" + offset
                        + QUICK_RECOVERY + "\"\n");
        Path cli = directory.resolve("bin/jboss-cli.xml");
        Files.writeString(
                cli, Files.readString(cli).replace("<port>9990</port>", "<port>" + managementPort() + "</port>"));
    }

    Path directory() {
        return directory;
    }

    int httpPort() {
        return 8080 + offset;
    }

    int managementPort() {
        return 9990 + offset;
    }

    /** Waits until the log contains the text, after what earlier calls have found. */
    void awaitLog(String text) {
        try {
            if (!Wait.until(PATIENCE, () -> log().indexOf(text, seen) >= 0)) {
                throw LogTail.failure("'" + text + "' is not in the log", log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        seen = log().indexOf(text, seen) + text.length();
    }

    private String log() {
        try {
            return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
