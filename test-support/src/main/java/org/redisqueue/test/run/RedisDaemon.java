// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.redisqueue.test.internal.redis.RedisPing;
import redis.embedded.RedisExecProvider;

/**
 * The bundled redis-server as a daemon with its data in a directory.
 *
 * <p>It is a daemon because Ctrl-C in a terminal reaches all processes in the foreground, and Redis must outlive the
 * server.
 */
record RedisDaemon(int port, Path directory) {

    private static final long START_SECONDS = 60;
    private static final long STOP_SECONDS = 60;

    /** Each line of the log begins with the process id, and a letter: C while Redis is starting, M afterwards. */
    private static final Pattern PROCESS_ID = Pattern.compile("^(\\d+):[CM] ", Pattern.MULTILINE);

    private static final Pattern WARNING = Pattern.compile("^\\d+:\\S+ [^#\n]+ # (.+)$", Pattern.MULTILINE);

    /** Starts redis-server, and returns when it is ready. */
    ProcessHandle start() throws IOException, InterruptedException {
        Files.deleteIfExists(log());
        Files.deleteIfExists(pidFile());
        Process starter = new ProcessBuilder(List.of(
                        executable().toString(),
                        "--port",
                        Integer.toString(port),
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
                        pidFile().toString(),
                        "--logfile",
                        log().toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        boolean daemonized = starter.waitFor() == 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (!Files.exists(pidFile()) || !RedisPing.isReady(port)) {
            if (!daemonized || hasEnded()) {
                throw new IllegalStateException("Redis does not start" + reason() + ". See " + log() + ".");
            }
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Redis is not ready after " + START_SECONDS + " s. See " + log() + ".");
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return running().orElseThrow(() -> new IllegalStateException("Redis has ended. See " + log() + "."));
    }

    /** Returns the process of redis-server if it is running. */
    Optional<ProcessHandle> running() throws IOException {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(pidFile()).strip()))
                    .filter(process -> process.info().command().orElse("").contains("redis-server"));
        } catch (NoSuchFileException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Ends the process, and waits until it has ended. */
    static void stop(ProcessHandle process) {
        process.destroy();
        try {
            process.onExit().get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
        }
    }

    /** The bundled redis-server for this platform, unpacked next to the data. */
    private Path executable() throws IOException {
        Path executable = directory.resolve("redis-server-" + RedisExecProvider.redisVersion);
        if (!Files.isExecutable(executable)) {
            Path unpacked = RedisExecProvider.defaultProvider().get().toPath();
            Files.move(unpacked, executable, StandardCopyOption.REPLACE_EXISTING);
        }
        return executable;
    }

    /** Whether the daemon has ended. It writes its log before its process id file. */
    private boolean hasEnded() throws IOException {
        // Java considers a zombie process alive. It has no command.
        return logged(PROCESS_ID)
                .findFirst()
                .map(line -> ProcessHandle.of(Long.parseLong(line.group(1)))
                        .filter(process -> process.info().command().isPresent())
                        .isEmpty())
                .orElse(false);
    }

    private String reason() throws IOException {
        return logged(WARNING)
                .reduce((first, second) -> second)
                .map(line -> ": " + line.group(1))
                .orElse("");
    }

    private Stream<MatchResult> logged(Pattern pattern) throws IOException {
        return Files.exists(log()) ? pattern.matcher(Files.readString(log())).results() : Stream.empty();
    }

    private Path log() {
        return directory.resolve("redis.log");
    }

    private Path pidFile() {
        return directory.resolve("redis.pid");
    }
}
