// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.cycle;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.ra.testing.TestRedis;

/** BullMQ on Node.js. */
final class BullMqPeer implements CyclePeer {

    private final Process process;
    private final BufferedReader answers;
    private final PrintStream commands;

    private BullMqPeer(Process process) {
        this.process = process;
        EndWithJvm.add(process.toHandle());
        this.answers = process.inputReader();
        this.commands = new PrintStream(process.getOutputStream(), true);
    }

    /** Starts BullMQ. Returns empty if Node.js or npm is missing, or if the package cannot be installed. */
    static Optional<BullMqPeer> start(TestRedis redis, Path parent) throws InterruptedException {
        try {
            Path directory = Files.createDirectories(parent.resolve("bullmq"));
            for (String file : new String[] {"package.json", "bullmq.js"}) {
                try (var in = BullMqPeer.class.getResourceAsStream(file)) {
                    Files.write(directory.resolve(file), in.readAllBytes());
                }
            }
            Process npm = run(directory, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts");
            if (!npm.waitFor(2, TimeUnit.MINUTES) || npm.exitValue() != 0) {
                npm.destroyForcibly();
                return Optional.empty();
            }
            return Optional.of(new BullMqPeer(run(
                    directory, "node", "bullmq.js", Integer.toString(redis.port()), Integer.toString(Threads.COUNT))));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Process run(Path directory, String... command) throws IOException {
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(directory.resolve("errors.log").toFile())
                .start();
    }

    @Override
    public String name() {
        return "bullmq";
    }

    @Override
    public void send(int count, String body) throws IOException {
        commands.println("send " + count + " " + body);
        await(n -> {});
    }

    @Override
    public boolean sendInBulk(int count, String body) throws IOException {
        commands.println("bulk " + count + " " + BULK + " " + body);
        await(n -> {});
        return true;
    }

    @Override
    public void drain(int count, LongConsumer progress) throws IOException {
        commands.println("drain " + count);
        await(progress);
    }

    private void await(LongConsumer progress) throws IOException {
        for (String line = answers.readLine(); !"done".equals(line); line = answers.readLine()) {
            if (line == null) {
                throw new IOException("Node.js has ended");
            }
            progress.accept(Long.parseLong(line));
        }
    }

    @Override
    public void close() {
        EndWithJvm.kill(process);
    }
}
