// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.redisqueue.test.internal.redis.RedisPing;

/**
 * Runs the bundled Redis next to an application server, in a build that runs an application.
 *
 * <p>This is a main class for the goal {@code java} of exec-maven-plugin, which runs it in the JVM of Maven. It returns
 * when Redis is ready. When Maven ends, it first stops the processes that Maven has started since, and then Redis. Redis
 * keeps its data in the directory.
 */
public final class RunRedis {

    private RunRedis() {}

    /**
     * Starts Redis.
     *
     * @param args the port and the directory
     * @throws IOException if Redis cannot be started on this platform
     * @throws InterruptedException if the thread is interrupted
     * @throws IllegalStateException if Redis does not start, if the port is in use, or if another build runs a Redis in the
     *     directory
     */
    public static void main(String... args) throws IOException, InterruptedException {
        int port = Integer.parseInt(args[0]);
        Path directory = Files.createDirectories(Path.of(args[1]).toAbsolutePath());
        RedisDaemon daemon = new RedisDaemon(port, directory);
        Owner owner = new Owner(directory.resolve("build.pid"));
        Optional<ProcessHandle> running = daemon.running();
        if (running.isPresent()) {
            Optional<ProcessHandle> build = owner.find();
            if (build.isPresent() && build.get().equals(ProcessHandle.current())) {
                return; // Maven runs a phase twice if a goal requires it to.
            }
            if (build.isPresent()) {
                throw new IllegalStateException("The application is already running: process "
                        + build.get().pid() + " uses the Redis in " + directory + ". Stop it with Ctrl-C first.");
            }
            RedisDaemon.stop(running.get());
        }
        if (RedisPing.isInUse(port)) {
            throw new IllegalStateException(
                    "Port " + port + " is in use. Choose another one for Redis, such as -Dredis.port=" + (port + 1)
                            + ", or use the Redis on it with -Dredis.addresses=redis://127.0.0.1:" + port + ".");
        }
        owner.take();
        Set<ProcessHandle> earlier = ProcessHandle.current().children().collect(Collectors.toSet());
        ProcessHandle redis = daemon.start();
        // The goal has its own thread group, and destroys it when this method returns.
        ThreadGroup top = Thread.currentThread().getThreadGroup();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        Runtime.getRuntime().addShutdownHook(new Thread(top, new Stop(redis, earlier), "stop Redis"));
        System.out.println("Redis is running on port " + port + ". Its data is in " + directory + ".");
    }

    /** Stops the child processes that this JVM has started after Redis, and then Redis. */
    private record Stop(ProcessHandle redis, Set<ProcessHandle> earlier) implements Runnable {

        @Override
        public void run() {
            var children = ProcessHandle.current()
                    .children()
                    .filter(child -> !earlier.contains(child))
                    .toList();
            children.forEach(ProcessHandle::destroy);
            children.forEach(RedisDaemon::stop);
            RedisDaemon.stop(redis);
        }
    }
}
