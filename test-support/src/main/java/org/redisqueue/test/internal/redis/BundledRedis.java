// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import redis.embedded.RedisExecProvider;

/** A process of the bundled redis-server. It and its data end with the JVM. */
public final class BundledRedis {

    private static final String HOST = "127.0.0.1";
    private static final Duration START = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 5;

    private final int port;
    private final Path directory;
    private final Process process;

    private BundledRedis(int port, Path directory, Process process) {
        this.port = port;
        this.directory = directory;
        this.process = process;
    }

    /**
     * Starts a server, and waits until it answers.
     *
     * @param port the port; 0 for a free one
     * @throws IllegalStateException if the server does not start; the message quotes its output
     */
    public static BundledRedis start(int port) {
        try {
            Path executable = executable();
            for (int attempt = 1; ; attempt++) {
                BundledRedis started = launch(executable, port == 0 ? freePort() : port);
                if (started.answersInTime()) {
                    Runtime.getRuntime().addShutdownHook(new Thread(started::stop, "redis-queue-test-redis"));
                    return started;
                }
                String output = Files.readString(started.output()).strip();
                started.stop();
                if (port != 0 || attempt == ATTEMPTS) { // another process may have taken a free port
                    throw new IllegalStateException(
                            "The bundled Redis does not start on port " + started.port + ": " + output);
                }
            }
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private static Path executable() throws IOException {
        try {
            return RedisExecProvider.defaultProvider().get().toPath();
        } catch (RuntimeException e) { // for an unknown operating system or architecture
            throw unavailable(e);
        }
    }

    private static IllegalStateException unavailable(Exception cause) {
        return new IllegalStateException(
                "The bundled Redis cannot be started on this platform: " + cause.getMessage()
                        + ". Set the system property redisqueue.addresses to the address of an installed one.",
                cause);
    }

    private static BundledRedis launch(Path executable, int port) throws IOException {
        Path directory = Files.createTempDirectory("redis-queue-test-");
        Process process = new ProcessBuilder(List.of(
                        executable.toAbsolutePath().toString(),
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        HOST,
                        "--save",
                        "",
                        "--appendonly", // otherwise the adapter warns of lost messages
                        "yes",
                        "--appendfsync",
                        "no",
                        "--daemonize",
                        "no"))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("redis.log").toFile())
                .start();
        return new BundledRedis(port, directory, process);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private Path output() {
        return directory.resolve("redis.log");
    }

    private boolean answersInTime() {
        long end = System.nanoTime() + START.toNanos();
        while (process.isAlive() && System.nanoTime() - end < 0) {
            if (RedisPing.isReady(port)) {
                return process.isAlive(); // otherwise another server has answered
            }
            awaitEnd(Duration.ofMillis(10));
        }
        return false;
    }

    /** {@return the address in the form of the adapter's configuration} */
    public String address() {
        return "redis://" + HOST + ":" + port;
    }

    private void stop() {
        process.destroyForcibly();
        awaitEnd(Duration.ofSeconds(5));
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            // the system cleans its temporary directory
        }
    }

    private void awaitEnd(Duration time) {
        try {
            process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
