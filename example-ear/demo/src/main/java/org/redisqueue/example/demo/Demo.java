// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.redisqueue.launchers.ApplicationServer;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.LaunchFailure;
import org.redisqueue.launchers.process.Leftovers;
import org.redisqueue.launchers.redis.RedisDeployment;
import org.redisqueue.launchers.server.Installation;
import org.redisqueue.launchers.server.OrderDeskServer;
import org.redisqueue.launchers.server.ServerUser;

/**
 * Runs the order desk and the console until the user stops them: starts Redis, then the server, and stops both in reverse order.
 *
 * <p>The directory keeps the data, so that the next run continues with them, even after a crash.
 */
public final class Demo {

    private final Path directory;
    private final OrderDeskServer server;
    private final Settings settings;

    private Demo(Path directory, OrderDeskServer server, Settings settings) {
        this.directory = directory;
        this.server = server;
        this.settings = settings;
    }

    /**
     * Runs the demo.
     *
     * @param args the directory of the demo, the id of the server, its home directory, and the archive to deploy
     */
    public static void main(String... args) throws Exception {
        var directory = Path.of(args[0]).toAbsolutePath().normalize();
        var settings = Settings.ofSystemProperties();
        var server = ApplicationServer.of(args[1])
                .orderDesk(new Installation(
                        Path.of(args[2]),
                        directory.resolve(args[1] + settings.suffix()),
                        Path.of(args[3]),
                        settings.httpPort(),
                        settings.redisAddress()));
        var runner = Thread.currentThread();
        var stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(runner, stopped), "stop demo"));
        try {
            new Demo(directory, server, settings).run();
        } catch (InterruptedException e) {
            System.out.println("Stopped.");
        } finally {
            stopped.countDown();
        }
    }

    /** Handles Ctrl-C and SIGTERM: the JVM ends when this method returns, after everything has been stopped. */
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
        try (var lock = Directories.lock(directory)) {
            var leftovers = new Leftovers(directory);
            leftovers.stop("server");
            leftovers.stopAll("Redis");
            settings.check();
            try (var redis = startRedis(leftovers);
                    var running = server.start(process -> leftovers.remember("server", process))) {
                System.out.printf(
                        """

                        The order desk is running: http://localhost:%d/
                        Console http://localhost:%d/redis-queue/ (%s / %s)

                          Redis   %s
                          Server  %s, process id %d
                          Log     %s
                          Data    %s (kept for the next run)

                        Press Ctrl-C to stop.
                        %n""",
                        settings.httpPort(),
                        settings.httpPort(),
                        ServerUser.OPERATOR.userName(),
                        ServerUser.password(),
                        settings.redisAddress(),
                        server.name(),
                        running.pid(),
                        running.log(),
                        directory);
                if (redis != null) {
                    redis.masters().forEach(process -> System.out.println("Redis master: process " + process));
                    System.out.println();
                }
                running.ended().thenRun(() -> leftovers.forget("server"));
                awaitEnd(running.ended(), redis == null ? new CompletableFuture<>() : redis.ended());
            }
        }
    }

    /** Starts Redis, unless the user has one. */
    private @Nullable RedisDeployment startRedis(Leftovers leftovers) throws IOException, InterruptedException {
        return settings.redis().isPresent()
                ? settings.redis().get().start(directory, settings.redisPort(), leftovers)
                : null;
    }

    /** Waits until one of the processes ends unexpectedly, and throws an exception with the explanation. */
    private static void awaitEnd(CompletableFuture<String> server, CompletableFuture<String> redis)
            throws InterruptedException {
        try {
            throw new LaunchFailure(
                    server.applyToEither(redis, Function.identity()).get());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
