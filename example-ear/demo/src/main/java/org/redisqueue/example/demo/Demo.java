// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Runs the order desk until it is told to stop: starts Redis, then the server, and stops them the other way round.
 *
 * <p>The data stay in the directory, so that the next run goes on where this one ended, however it ended.
 */
public final class Demo {

    private final Path directory;
    private final OrderDeskServer server;
    private final Settings settings;
    private final PrintStream out = System.out;

    private Demo(Path directory, OrderDeskServer server, Settings settings) {
        this.directory = directory;
        this.server = server;
        this.settings = settings;
    }

    /**
     * Runs the demo.
     *
     * @param args the demo's directory, the server's name and its home directory, and the archive to deploy
     */
    public static void main(String... args) throws Exception {
        var directory = Path.of(args[0]).toAbsolutePath().normalize();
        var settings = Settings.ofSystemProperties();
        var installation = new Installation(
                Path.of(args[2]),
                directory.resolve(args[1]),
                Path.of(args[3]),
                settings.httpPort(),
                settings.redisUrl());
        var demo = new Demo(directory, OrderDeskServer.of(args[1], installation), settings);
        var runner = Thread.currentThread();
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(runner, stopped), "stop demo"));
        try {
            demo.run();
        } catch (InterruptedException e) {
            demo.out.println("Stopped.");
        } finally {
            stopped.countDown();
        }
    }

    /** Ctrl-C or SIGTERM: the JVM ends when this returns, which is when everything has been stopped. */
    private static void stop(Thread runner, CountDownLatch stopped) {
        runner.interrupt();
        try {
            stopped.await(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("try") // The lock is only held.
    private void run() throws IOException, InterruptedException {
        Files.createDirectories(directory);
        try (var lock = lock()) {
            var leftovers = new Leftovers(directory);
            leftovers.stop("server");
            leftovers.stop("Redis");
            settings.check();
            try (var redis = settings.ownRedis() ? RedisProcess.start(directory, settings, leftovers) : null;
                    var running = server.start(process -> leftovers.remember("server", process))) {
                out.println("Redis: " + settings.redisUrl());
                out.println(server.name() + ": process " + running.pid() + ", log " + running.log());
                out.println("Open http://localhost:" + settings.httpPort() + "/");
                out.println("Press Ctrl-C to stop. The data is kept in " + directory);
                running.ended().thenRun(() -> leftovers.forget("server"));
                awaitEnd(running.ended(), redis == null ? new CompletableFuture<>() : redis.ended());
            }
        }
    }

    /** Returns only by an exception: what is waited for is not supposed to happen. */
    private static void awaitEnd(CompletableFuture<String> server, CompletableFuture<String> redis)
            throws InterruptedException {
        try {
            throw new DemoFailure(
                    server.applyToEither(redis, Function.identity()).get());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Without it a second demo would take the first one's processes for leftovers. A killed JVM leaves no lock. */
    private FileChannel lock() throws IOException {
        var channel = FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Held by another thread of this JVM: the same answer.
        }
        channel.close();
        throw new DemoFailure("The demo is already running in " + directory + ".");
    }
}
