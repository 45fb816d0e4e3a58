// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.redisqueue.launchers.process.Leftovers;
import org.redisqueue.launchers.process.LogTail;
import org.redisqueue.launchers.process.Wait;
import redis.embedded.RedisExecProvider;

/**
 * A process of the bundled redis-server.
 *
 * <p>It runs as a daemon in its own session, because Ctrl-C in a terminal reaches all processes in the foreground and
 * Redis must outlive the server. Because it is not a child process, an open connection reveals when it ends.
 */
public final class RedisProcess implements AutoCloseable {

    private static final String NAME = "Redis";

    private final String name;
    private final int port;
    private final ProcessHandle process;
    private final Leftovers leftovers;
    private final CompletableFuture<String> ended = new CompletableFuture<>();

    private RedisProcess(String name, int port, ProcessHandle process, Leftovers leftovers) {
        this.name = name;
        this.port = port;
        this.process = process;
        this.leftovers = leftovers;
    }

    /**
     * Starts a redis-server with its data in {@code directory/redis}, which persists every write before confirming it, and
     * returns when it answers.
     */
    public static RedisProcess start(Path directory, int port, Leftovers leftovers)
            throws IOException, InterruptedException {
        return start(
                NAME,
                executable(directory),
                directory,
                directory.resolve("redis"),
                port,
                leftovers,
                List.of("--appendonly", "yes", "--appendfsync", "always", "--save", ""));
    }

    /**
     * Starts a redis-server, and returns when it answers.
     *
     * @param name the name of the process among the leftovers
     * @param directory where it writes its log
     * @param data where it keeps its data
     * @param arguments further arguments, which may begin with a configuration file
     */
    static RedisProcess start(
            String name,
            Path executable,
            Path directory,
            Path data,
            int port,
            Leftovers leftovers,
            List<String> arguments)
            throws IOException, InterruptedException {
        Files.createDirectories(data);
        var log = directory.resolve("redis.log");
        var pidFile = directory.resolve("redis-server.pid");
        Files.deleteIfExists(pidFile);
        var command = new ArrayList<String>();
        command.add(executable.toString());
        command.addAll(arguments);
        command.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1", "--dir", data.toString()));
        command.addAll(List.of("--daemonize", "yes", "--pidfile", pidFile.toString(), "--logfile", log.toString()));
        var starter = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        starter.waitFor();
        if (!Wait.until(Duration.ofSeconds(10), () -> isWritten(pidFile))) {
            throw LogTail.failure("redis-server did not start within 10 s", log);
        }
        var process = ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
                .orElseThrow(() -> LogTail.failure("redis-server ended immediately", log));
        leftovers.remember(name, process);
        var redis = new RedisProcess(name, port, process, leftovers);
        try {
            redis.awaitAnswer(log);
        } catch (InterruptedException | RuntimeException e) {
            redis.close();
            throw e;
        }
        return redis;
    }

    /** Whether the file has its line, which redis-server writes after creating the file. */
    private static boolean isWritten(Path pidFile) {
        try {
            return Files.readString(pidFile).endsWith("\n");
        } catch (IOException e) {
            return false;
        }
    }

    /** The bundled redis-server for this platform, unpacked next to the data. */
    static Path executable(Path directory) throws IOException {
        var executable = directory.resolve("redis-server-" + RedisExecProvider.redisVersion);
        if (!Files.isExecutable(executable)) {
            var unpacked = RedisExecProvider.defaultProvider().get().toPath();
            Files.move(unpacked, executable, StandardCopyOption.REPLACE_EXISTING);
        }
        return executable;
    }

    private void awaitAnswer(Path log) throws InterruptedException {
        // While Redis is loading a long append-only file, it answers with an error.
        if (!Wait.until(Duration.ofSeconds(60), () -> "+PONG".equals(ping()))) {
            throw LogTail.failure("redis-server did not reply to PING within 60 s", log);
        }
        var watcher = new Thread(this::watch, "redis watcher");
        watcher.setDaemon(true);
        watcher.start();
    }

    private String ping() {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(2000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            return "";
        }
    }

    /** Redis sends nothing on an idle connection, so that reading from it returns only when Redis ends. */
    private void watch() {
        try {
            while (true) {
                try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.getInputStream().readAllBytes();
                }
            }
        } catch (IOException e) {
            ended.complete("redis-server ended unexpectedly.");
        }
    }

    /** Completes with an explanation when redis-server has ended. */
    public CompletableFuture<String> ended() {
        return ended;
    }

    /** The id of the process. */
    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        ended.completeOnTimeout("", 20, TimeUnit.SECONDS).join();
        process.destroyForcibly();
        leftovers.forget(name);
    }
}
