// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.embedded.RedisExecProvider;

/**
 * A real Redis server. The {@linkplain #shared() shared} server is started once for all tests of a JVM, or is the one at
 * {@code -Dredis.url}; each {@linkplain #start additional server} belongs to one test. The servers of the tests end with
 * the JVM. The executable comes from the dependencies, unless {@code -Dredis.executable} names another.
 */
public final class TestRedis implements AutoCloseable {

    private static final String HOST = "127.0.0.1";
    /** The number of slots of a cluster. */
    public static final int SLOTS = 16_384;

    private static final int TO_BUS = 10_000;
    private static final int MAX_PORT = 65_535;
    private static final int ATTEMPTS = 5;
    private static final Duration START = Duration.ofSeconds(20);
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private final String host;
    private final int port;
    private final String scheme;
    private final Path directory;
    private final List<String> command;
    private Process process;
    private RespConnection connection;

    private TestRedis(String scheme, String host, int port, Path directory, List<String> command) {
        this.scheme = scheme;
        this.host = host;
        this.port = port;
        this.directory = directory;
        this.command = command;
    }

    private static final class Shared {
        private static final TestRedis SERVER = System.getProperty("redis.url") == null
                ? start("--appendonly", "yes", "--appendfsync", "everysec")
                : at(URI.create(System.getProperty("redis.url")));
    }

    private static final class Executable {
        private static final Path PATH = find();

        private static Path find() {
            String installed = System.getProperty("redis.executable", "");
            if (!installed.isEmpty()) {
                return Path.of(installed).toAbsolutePath();
            }
            try {
                return RedisExecProvider.defaultProvider().get().toPath().toAbsolutePath();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The server that all tests of this JVM share. Each test uses its own queue. */
    public static TestRedis shared() {
        return Shared.SERVER;
    }

    /**
     * Starts another server, on a free port, with its own data directory, and waits until it answers.
     *
     * @param arguments as on its command line: {@code "--maxmemory-policy", "allkeys-lru"}
     */
    public static TestRedis start(String... arguments) {
        return startOn(-1, arguments);
    }

    /** Starts another server on this port; -1 = a free one. */
    public static TestRedis startOn(int port, String... arguments) {
        List<String> own = List.of("--bind", HOST, "--save", "", "--daemonize", "no", "--logfile", "redis.log");
        for (int attempt = 1; ; attempt++) {
            int chosen = port < 0 ? freePort() : port;
            Path directory = newDirectory(chosen);
            List<String> command = new ArrayList<>();
            command.add(Executable.PATH.toString());
            command.addAll(List.of("--port", Integer.toString(chosen)));
            command.addAll(own);
            command.addAll(List.of(arguments));
            TestRedis server = new TestRedis("redis", HOST, chosen, directory, command);
            if (server.launch()) {
                return server;
            }
            if (attempt == ATTEMPTS) {
                throw new IllegalStateException("Redis does not start, see " + directory.resolve("redis.log"));
            }
        }
    }

    /** Starts a server that is a whole cluster. */
    public static TestRedis startCluster() {
        TestRedis cluster = startClusterNode();
        cluster.addSlots(0, SLOTS);
        await().until(() -> ((String) cluster.call("CLUSTER", "INFO")).contains("cluster_state:ok"));
        return cluster;
    }

    /**
     * Starts a node of a cluster that has neither slots nor other nodes. Redis 6.2 cannot set the port of its bus; if that is
     * not free, the node starts on another one.
     */
    public static TestRedis startClusterNode(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--cluster-enabled", "yes", "--cluster-announce-ip", HOST));
        all.addAll(List.of(arguments));
        return start(all.toArray(String[]::new));
    }

    /** Skips the calling test on Redis 6.2, whose access control lists are simpler. */
    public void assumeVersion7() {
        assumeFalse(((String) call("INFO", "server")).contains("redis_version:6."), "Redis 6.2");
    }

    /** Assigns slots to this node of a cluster: from the first one to the one before the end. */
    public void addSlots(int first, int end) {
        call(Stream.concat(
                        Stream.of("CLUSTER", "ADDSLOTS"),
                        IntStream.range(first, end).boxed())
                .toArray());
    }

    /** Starts a sentinel with this configuration file, which must name its port. */
    public static TestRedis startSentinel(int port, String configuration) {
        try {
            Path directory = newDirectory(port);
            Path file = Files.writeString(directory.resolve("sentinel.conf"), configuration);
            TestRedis sentinel = new TestRedis(
                    "redis",
                    HOST,
                    port,
                    directory,
                    List.of(
                            Executable.PATH.toString(),
                            file.toAbsolutePath().toString(),
                            "--sentinel",
                            "--logfile",
                            "redis.log"));
            if (!sentinel.launch()) {
                throw new IllegalStateException("The sentinel does not start, see " + directory);
            }
            return sentinel;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TestRedis at(URI uri) {
        return new TestRedis(uri.getScheme(), uri.getHost(), uri.getPort(), Path.of("target"), List.of());
    }

    /** A free port that leaves room for that of a cluster's bus, {@value #TO_BUS} higher. */
    public static int freePort() {
        while (true) {
            try (ServerSocket socket = new ServerSocket(0)) {
                if (socket.getLocalPort() + TO_BUS < MAX_PORT) {
                    return socket.getLocalPort();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static Path newDirectory(int port) {
        try {
            Path parent = Files.createDirectories(Path.of("target", "redis"));
            return Files.createTempDirectory(parent, port + "-").toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean launch() {
        try {
            process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory.resolve("output.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RUNNING.add(process);
        await().atMost(START)
                .pollInterval(Duration.ofMillis(10))
                .pollDelay(Duration.ZERO)
                .until(() -> !process.isAlive() || answers());
        return process.isAlive();
    }

    /** Whether the process runs; a frozen one does, too. */
    public boolean isRunning() {
        return process.isAlive();
    }

    private boolean answers() {
        try (RespConnection trial = new RespConnection(host, port)) {
            trial.call("PING");
            return true;
        } catch (IOException | UncheckedIOException e) {
            return false;
        } catch (RespConnection.ErrorReply e) {
            return !e.getMessage().startsWith("LOADING");
        }
    }

    public String host() {
        return host;
    }

    public int port() {
        return port;
    }

    /** The address in the form of the adapter's configuration. */
    public String address() {
        return scheme + "://" + host + ":" + port;
    }

    /** A directory for files that only this server reads. */
    public Path directory() {
        return directory;
    }

    /** Sends one command over a connection that is kept; see {@link RespConnection#call}. */
    public Object call(Object... words) {
        return connection().call(words);
    }

    /** Sends several commands at once; see {@link RespConnection#callAll}. */
    public List<Object> callAll(List<Object[]> commands) {
        return connection().callAll(commands);
    }

    private synchronized RespConnection connection() {
        if (connection == null || connection.isClosed()) {
            connection = connect();
        }
        return connection;
    }

    /** A new connection, for commands that must not share one: authentication, blocking commands, MULTI. */
    public RespConnection connect() {
        try {
            return new RespConnection(host, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the server, like a power failure: it writes nothing more. */
    public void kill() {
        end(process.destroyForcibly());
    }

    /** Stops the server, like an operator. */
    public void stop() {
        process.destroy();
        end(process);
    }

    /** Freezes the server: its connections stay open, but it does not answer. */
    public void freeze() {
        Signal.STOP.send(process.pid());
    }

    /** Continues the frozen server. */
    public void thaw() {
        Signal.CONT.send(process.pid());
    }

    /** Restarts the {@linkplain #kill killed} or {@linkplain #stop stopped} server: same port, same data. */
    public void restart() {
        if (!launch()) {
            throw new IllegalStateException("Redis does not start again, see " + directory.resolve("redis.log"));
        }
    }

    private synchronized void end(Process ending) {
        if (connection != null) {
            connection.close();
            connection = null;
        }
        try {
            if (!ending.waitFor(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Redis does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        RUNNING.remove(ending);
    }

    @Override
    public void close() {
        kill();
    }

    @Override
    public String toString() {
        return address();
    }
}
