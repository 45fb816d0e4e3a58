// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.redis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.LaunchFailure;
import org.redisqueue.launchers.process.Leftovers;
import org.redisqueue.launchers.process.Wait;

/**
 * Several processes of Redis, of which replicas take the place of masters that die. Starts each process again some time
 * after its death, when another one has taken its place, and prints the new masters.
 */
abstract class ReplicatedRedis implements RedisDeployment {

    /** How long a master must be silent before a replica takes its place, in milliseconds. */
    static final int SILENCE_MILLIS = 2_000;

    private static final Duration START = Duration.ofSeconds(60);

    private static final String PERSISTENCE = """
            appendonly yes
            appendfsync everysec
            save ""
            repl-diskless-sync-delay 0
            """;

    private final Path directory;
    private final Path executable;
    private final Leftovers leftovers;
    private final Duration restart;
    private final int expectedMasters;
    private final List<Node> nodes = new ArrayList<>();
    private final CompletableFuture<String> ended = new CompletableFuture<>();
    private final ScheduledExecutorService supervisor = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "redis supervisor");
        thread.setDaemon(true);
        return thread;
    });
    private Set<Long> known = Set.of();
    private volatile boolean closing;

    /**
     * @param directory where the data survive a restart
     * @param restart how long after its death a process is started again
     */
    ReplicatedRedis(Path directory, String name, Leftovers leftovers, Duration restart, int expectedMasters)
            throws IOException {
        this.directory = directory.resolve(name);
        if (!Files.exists(created())) {
            Directories.delete(this.directory); // of a first run that was interrupted
        }
        this.executable = RedisProcess.executable(directory);
        this.leftovers = leftovers;
        this.restart = restart;
        this.expectedMasters = expectedMasters;
    }

    /** A process that is started again when it has died. */
    private final class Node {

        private final int port;
        private final boolean server;
        private final List<String> arguments;
        private volatile RedisProcess process;

        Node(int port, boolean server, List<String> arguments) throws IOException, InterruptedException {
            this.port = port;
            this.server = server;
            this.arguments = arguments;
            this.process = start();
        }

        private RedisProcess start() throws IOException, InterruptedException {
            var own = directory.resolve("" + port);
            var started =
                    RedisProcess.start(name(port), executable, own, own.resolve("data"), port, leftovers, arguments);
            started.ended().thenRun(this::died);
            return started;
        }

        private void died() {
            if (!closing) {
                System.out.println("Redis process " + process.pid() + " has died.");
                supervisor.schedule(this::startAgain, restart.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        private void startAgain() {
            try {
                if (server && !isReplaced()) { // it would still be the master
                    supervisor.schedule(this::startAgain, 1, TimeUnit.SECONDS);
                } else if (!closing) {
                    process = start();
                    System.out.println("Redis process " + process.pid() + " has been started in its place.");
                }
            } catch (IOException | RuntimeException e) {
                ended.complete("redis-server cannot be started again: " + e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        /** Whether there is a master in its place, which the other replicas follow. */
        private boolean isReplaced() {
            return masters().size() == expectedMasters
                    && nodes.stream()
                            .filter(other ->
                                    other.server && !other.process.ended().isDone())
                            .allMatch(other -> other.isMaster() || isReplicated(other.port));
        }

        private boolean isMaster() {
            try {
                return server && RedisCall.call(port, "ROLE").startsWith("master");
            } catch (IOException e) {
                return false;
            }
        }
    }

    private static String name(int port) {
        return "Redis-" + port;
    }

    /** Starts a server. */
    void startServer(int port, String configuration) throws IOException, InterruptedException {
        var file = configuration(port, PERSISTENCE + configuration);
        nodes.add(new Node(port, true, List.of(file.toString())));
    }

    /** Starts a sentinel. */
    void startSentinel(int port, String configuration) throws IOException, InterruptedException {
        var file = configuration(port, configuration);
        nodes.add(new Node(port, false, List.of(file.toString(), "--sentinel")));
    }

    /** Writes the configuration file unless an earlier run did, in which Redis may have changed the roles since. */
    private Path configuration(int port, String text) throws IOException {
        var file = Files.createDirectories(directory.resolve("" + port)).resolve("redis.conf");
        if (!Files.exists(file)) {
            Files.writeString(file, text);
        }
        return file;
    }

    /** The file that exists when a run has set the deployment up completely. */
    private Path created() {
        return directory.resolve("created");
    }

    /** Waits until all servers are ready. */
    void await(String what, BooleanSupplier condition) throws InterruptedException {
        if (!Wait.until(START, condition)) {
            throw new LaunchFailure("Redis is not ready after " + START.toSeconds() + " s: " + what + ".");
        }
    }

    /** Whether a server is a replica that follows its master, or a master that a replica follows. */
    static boolean isReplicated(int port) {
        var replication = info(port, "INFO replication");
        return replication.contains("state=online") || replication.contains("master_link_status:up");
    }

    /** Returns the reply; empty if there is none. */
    static String info(int port, String command) {
        try {
            return RedisCall.call(port, command);
        } catch (IOException e) {
            return "";
        }
    }

    /** Records that the deployment is complete, and begins to print the masters when they change. */
    void watch() throws IOException {
        Files.writeString(created(), "");
        known = new TreeSet<>(masters());
        supervisor.scheduleWithFixedDelay(this::look, 1, 1, TimeUnit.SECONDS);
    }

    private void look() {
        var masters = new TreeSet<>(masters());
        if (masters.size() == expectedMasters && !masters.equals(known)) {
            masters.stream()
                    .filter(pid -> !known.contains(pid))
                    .forEach(pid -> System.out.println("Redis master: process " + pid));
            known = masters;
        }
    }

    @Override
    public List<Long> masters() {
        return nodes.stream()
                .filter(Node::isMaster)
                .map(node -> node.process.pid())
                .toList();
    }

    @Override
    public CompletableFuture<String> ended() {
        return ended;
    }

    @Override
    public void close() throws IOException {
        System.out.println("Stopping Redis");
        closing = true;
        supervisor.shutdownNow();
        for (var node : nodes) {
            node.process.close();
        }
    }
}
