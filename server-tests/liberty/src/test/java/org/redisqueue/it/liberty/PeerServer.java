// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.liberty;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.redisqueue.it.database.PostgreSql;
import org.redisqueue.it.server.Archives;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Ports;
import org.redisqueue.launchers.process.Resources;
import org.redisqueue.ra.testing.TestRedis;

/** An Open Liberty server in a recovery group, whose transaction log is in a database. */
final class PeerServer implements AutoCloseable {

    private static final Path HOME = Path.of(System.getProperty("server.home"));
    private static final String SERVER = "shop";
    private static final Duration START = Duration.ofMinutes(2);

    private final Path log;
    private final Process process;

    private PeerServer(Path log, Process process) {
        this.log = log;
        this.process = process;
    }

    /**
     * Starts a server, and waits until it consumes messages.
     *
     * @param name its identity in the recovery group
     */
    static PeerServer start(String name, Path application, PostgreSql database, TestRedis redis) {
        Path user = Path.of("target", "peers", name).toAbsolutePath();
        Path directory = user.resolve("servers").resolve(SERVER);
        try {
            Directories.delete(user);
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("server.xml"), Resources.text(PeerServer.class, "peer.xml"));
            Properties variables = new Properties();
            variables.setProperty("peer.name", name);
            variables.setProperty("peer.port", Integer.toString(Ports.free()));
            variables.setProperty(
                    "peer.driver", Archives.jarOf(org.postgresql.Driver.class).toString());
            variables.setProperty("peer.database", Integer.toString(database.port()));
            variables.setProperty("peer.adapter", Archives.RAR.getAbsolutePath());
            variables.setProperty("peer.redis", redis.address());
            variables.setProperty("peer.application", application.toString());
            try (OutputStream out = Files.newOutputStream(directory.resolve("bootstrap.properties"))) {
                variables.store(out, null);
            }
            Path log = directory.resolve("console.log");
            ProcessBuilder builder =
                    new ProcessBuilder("sh", HOME.resolve("bin/server").toString(), "run", SERVER);
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            builder.environment().put("WLP_USER_DIR", user.toString());
            Process process = builder.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            EndWithJvm.add(process.toHandle());
            PeerServer started = new PeerServer(log, process);
            await(log.toString()).atMost(START).until(() -> started.log().contains("J2CA8801I"));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The output until now. */
    String log() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the server as {@code kill -9} does. */
    @Override
    public void close() {
        EndWithJvm.kill(process);
    }
}
