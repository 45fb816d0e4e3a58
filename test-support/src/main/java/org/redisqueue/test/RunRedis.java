// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import redis.embedded.RedisExecProvider;

/**
 * Runs the bundled Redis next to an application server, in a build that tries an application out.
 *
 * <p>This is a main class for the goal {@code java} of exec-maven-plugin, which runs it in the JVM of Maven. It returns when Redis
 * is ready. When Maven ends, it first stops the processes that Maven has started, and then Redis. Redis keeps its data in the
 * directory.
 *
 * <p>Redis runs as a daemon, because Ctrl-C in a terminal reaches all processes in the foreground and Redis must outlive the
 * server.
 */
public final class RunRedis {

    private static final long START_SECONDS = 20;
    private static final long STOP_SECONDS = 60;

    private RunRedis() {}

    /**
     * Starts Redis.
     *
     * @param args the port and the directory
     * @throws IOException if Redis cannot be started on this platform
     * @throws InterruptedException if the thread is interrupted
     */
    public static void main(String... args) throws IOException, InterruptedException {
        var port = Integer.parseInt(args[0]);
        var directory = Files.createDirectories(Path.of(args[1]).toAbsolutePath());
        var pidFile = directory.resolve("redis.pid");
        stopLeftover(pidFile);
        if (isInUse(port)) {
            throw new IllegalStateException("Port " + port + " is in use. Choose another port for Redis.");
        }
        start(port, directory, pidFile);
        var redis = process(pidFile);
        // The goal has its own thread group, and destroys it when this method returns.
        var top = Thread.currentThread().getThreadGroup();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        Runtime.getRuntime().addShutdownHook(new Thread(top, new Stop(redis), "stop Redis"));
        System.out.println("Redis is running on port " + port + ". Its data is in " + directory + ".");
    }

    private static void start(int port, Path directory, Path pidFile) throws IOException, InterruptedException {
        var log = directory.resolve("redis.log");
        var starter = new ProcessBuilder(
                        executable(directory).toString(),
                        "--port",
                        "" + port,
                        "--bind",
                        "127.0.0.1",
                        "--dir",
                        directory.toString(),
                        "--appendonly",
                        "yes",
                        "--save",
                        "",
                        "--daemonize",
                        "yes",
                        "--pidfile",
                        pidFile.toString(),
                        "--logfile",
                        log.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        starter.waitFor();
        var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!answers(port) || !Files.exists(pidFile)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "redis-server did not start within " + START_SECONDS + " s. See " + log + ".");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    /** The bundled redis-server for this platform, unpacked next to the data. */
    private static Path executable(Path directory) throws IOException {
        var executable = directory.resolve("redis-server-" + RedisExecProvider.redisVersion);
        if (!Files.isExecutable(executable)) {
            Files.move(
                    RedisExecProvider.defaultProvider().get().toPath(),
                    executable,
                    StandardCopyOption.REPLACE_EXISTING);
        }
        return executable;
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(2000);
            socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isInUse(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    /** Stops the Redis of a build that was killed. */
    private static void stopLeftover(Path pidFile) throws IOException {
        if (Files.exists(pidFile)) {
            ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
                    .filter(process -> process.info().command().orElse("").contains("redis-server"))
                    .ifPresent(Stop::end);
        }
    }

    private static ProcessHandle process(Path pidFile) throws IOException {
        return ProcessHandle.of(Long.parseLong(Files.readString(pidFile).strip()))
                .orElseThrow(() -> new IllegalStateException("redis-server ended immediately."));
    }

    /** Stops the child processes of this JVM, and then Redis. */
    private record Stop(ProcessHandle redis) implements Runnable {

        @Override
        public void run() {
            var children = ProcessHandle.current().children().toList();
            children.forEach(ProcessHandle::destroy);
            children.forEach(Stop::end);
            end(redis);
        }

        static void end(ProcessHandle process) {
            process.destroy();
            try {
                process.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (ExecutionException | TimeoutException e) {
                process.destroyForcibly();
            }
        }
    }
}
