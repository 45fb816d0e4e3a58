// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;

/** Runs a {@link LimitedServer} in a separate process. */
final class LimitedProcess implements AutoCloseable {

    private static final String READY = "ready";
    private static final String START = "start";
    private static final String STOP = "stop";

    private final Process process;
    private final BufferedReader output;
    private final PrintStream input;

    /** A claim of the process. {@link System#nanoTime} counts from the same moment in all processes of a machine. */
    record Claim(long sentNanos, long repliedNanos, int messages) {

        private static Claim parse(String line) {
            String[] words = line.split(" ");
            return new Claim(Long.parseLong(words[0]), Long.parseLong(words[1]), Integer.parseInt(words[2]));
        }
    }

    /** Starts the process. It connects, and then waits for {@link #begin}. */
    LimitedProcess(String addresses, String queue) {
        try {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            LimitedProcess.class.getName(),
                            addresses,
                            queue)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        output = process.inputReader(StandardCharsets.UTF_8);
        CompletableFuture.delayedExecutor(5, TimeUnit.MINUTES).execute(process::destroyForcibly);
        input = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    }

    /** Waits until the process is connected. */
    void awaitReady() {
        String line = read();
        if (!READY.equals(line)) {
            throw new IllegalStateException("The process has failed: " + line);
        }
    }

    /** Lets the listener consume the queue. */
    void begin() {
        input.println(START);
    }

    /** Stops the listener, and returns its claims. */
    List<Claim> end() {
        input.println(STOP);
        List<Claim> claims = output.lines().map(Claim::parse).toList();
        if (process.onExit().join().exitValue() != 0) {
            throw new IllegalStateException("The process has failed, or has not ended in time.");
        }
        return claims;
    }

    private String read() {
        try {
            return output.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** @param arguments the address of Redis and the name of the queue */
    public static void main(String... arguments) throws Exception {
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
        ExecutorService threads = Executors.newCachedThreadPool();
        RedisClient client = RedisClient.acquire(TestProperties.at(arguments[0]));
        LimitedServer server = new LimitedServer(arguments[1], client, timer, threads, () -> {}, id -> {});
        server.connect().join();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println(READY);
        if (START.equals(commands.readLine())) {
            server.dispatcher.start();
            commands.readLine();
            server.dispatcher.stop();
            server.dispatcher.drain(TimeUnit.SECONDS.toMillis(10));
            for (LimitedServer.Claim claim : server.claims()) {
                System.out.println(claim.sentNanos() + " " + claim.repliedNanos() + " " + claim.messages());
            }
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }
}
