// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.rar.upgrade;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.RedisResourceAdapter;

/** A process in which {@link Server} runs with the classes of an archive. */
final class ServerProcess {

    private static final long PATIENCE_SECONDS = 60;

    private final String description;
    private final Process process;
    private final Set<String> sent = ConcurrentHashMap.newKeySet();
    private final Set<String> processed = ConcurrentHashMap.newKeySet();

    private ServerProcess(String description, Process process) {
        this.description = description;
        this.process = process;
    }

    /**
     * Starts a server.
     *
     * @param name identifies its transactions, also after it was started again
     */
    static ServerProcess start(String name, Path archive, String redis) throws IOException {
        Path log = Files.createTempFile(Files.createDirectories(Path.of("target/upgrade")), name + "-", ".log");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-Xmx256m",
                        "-Dtest.jvm=upgrade-" + redis.replaceAll("\\W+", "-") + "-" + name,
                        "-cp",
                        classPath(archive),
                        Server.class.getName(),
                        name,
                        redis)
                .redirectError(log.toFile())
                .start();
        ServerProcess server = new ServerProcess(name + " with " + archive + ", log: " + log, process);
        Thread reader = new Thread(server::read, name);
        reader.setDaemon(true);
        reader.start();
        return server;
    }

    /** The JARs of the archive, and this class path without the classes that they replace. */
    private static String classPath(Path archive) throws IOException {
        List<String> entries = new ArrayList<>();
        Path directory = Files.createTempDirectory(Files.createDirectories(Path.of("target/upgrade")), "archive-");
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry :
                    zip.stream().filter(each -> each.getName().endsWith(".jar")).toList()) {
                Path jar = directory.resolve(Path.of(entry.getName()).getFileName());
                try (InputStream content = zip.getInputStream(entry)) {
                    Files.copy(content, jar, StandardCopyOption.REPLACE_EXISTING);
                }
                entries.add(jar.toString());
            }
        }
        Set<Path> replaced = Set.of(origin(RedisResourceAdapter.class), origin(RedisMessage.class));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!replaced.contains(Path.of(entry).toAbsolutePath())) {
                entries.add(entry);
            }
        }
        return String.join(File.pathSeparator, entries);
    }

    private static Path origin(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith(Server.SENT)) {
                    sent.add(line.substring(Server.SENT.length()));
                } else if (line.startsWith(Server.PROCESSED)) {
                    processed.add(line.substring(Server.PROCESSED.length()));
                }
            }
        } catch (IOException e) { // the process has died
        }
    }

    /** The messages of which the server knows that they were sent. */
    Set<String> sent() {
        return sent;
    }

    /** The messages that the server has received. */
    Set<String> processed() {
        return processed;
    }

    void stopSending() {
        give(Server.Order.STOP_SENDING);
    }

    /** Lets the server die with at least one transaction that is prepared in Redis and not decided. */
    void dieInDoubt() {
        give(Server.Order.DIE_IN_DOUBT);
        awaitEnd();
    }

    private void give(Server.Order order) {
        try {
            process.getOutputStream().write(order.ordinal());
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(description, e);
        }
    }

    /** Stops the server in an orderly way. */
    void stop() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(description, e);
        }
        awaitEnd();
        if (process.exitValue() != 0) {
            throw new IllegalStateException(description + " has not stopped in an orderly way");
        }
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException(description + " has not ended");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public String toString() {
        return description;
    }
}
