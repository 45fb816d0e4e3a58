// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.docs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Wait;

/** A bash that keeps its variables and its directory from one block to the next. */
final class Terminal implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Path directory;
    private final Process bash;
    private final BufferedReader codes;
    private final List<ProcessHandle> background = new ArrayList<>();
    private int count;

    /** The output of a block, standard output and errors, and the exit code of its last command. */
    record Output(int code, String text) {}

    /** @param directory the current directory, which also receives what the blocks print */
    Terminal(Path directory, Map<String, String> environment) {
        this.directory = directory;
        try {
            ProcessBuilder builder = new ProcessBuilder("bash", "--noprofile", "--norc")
                    .directory(directory.toFile())
                    .redirectError(directory.resolve("bash.err").toFile());
            builder.environment().putAll(environment);
            bash = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        EndWithJvm.add(bash.toHandle());
        codes = bash.inputReader(StandardCharsets.UTF_8);
    }

    /** Runs a block. The exit code is that of the first command that fails. */
    Output run(String commands, String input) {
        Path script = script(commands);
        Path typed = write(script + ".in", input);
        Path printed = Path.of(script + ".out");
        send("code=0; set -E; trap 'code=${code/#0/$?}' ERR; source '" + script + "' < '" + typed + "' > '" + printed
                + "' 2>&1; trap - ERR; echo $code");
        return new Output(Integer.parseInt(nextCode(script)), read(printed));
    }

    /** Starts a block that keeps running, and returns when its output contains the text. */
    void runUntil(String commands, String text) {
        Path script = script(commands);
        Path printed = Path.of(script + ".out");
        send("( source '" + script + "' ) < /dev/null > '" + printed + "' 2>&1 &\necho $!");
        nextCode(script);
        try {
            if (!Wait.until(
                    PATIENCE, () -> Files.exists(printed) && read(printed).contains(text))) {
                throw new IllegalStateException(
                        "'" + text + "' is not in the output of\n" + commands + "\n" + read(printed));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private Path script(String commands) {
        count++;
        return write(directory.resolve("block-" + count + ".sh").toString(), commands);
    }

    private void send(String line) {
        try {
            bash.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            bash.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String nextCode(Path script) {
        CompletableFuture<String> code = CompletableFuture.supplyAsync(() -> {
            try {
                return codes.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            return code.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(script + " does not end; so far: " + read(Path.of(script + ".out")), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static Path write(String file, String text) {
        try {
            return Files.writeString(Path.of(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another shell; what runs in the background of this one keeps running. */
    Terminal next(Map<String, String> environment) {
        Terminal next = new Terminal(directory, environment);
        next.count = count;
        next.background.addAll(background);
        next.background.add(bash.toHandle());
        return next;
    }

    /** Ends everything that keeps running, as closing the window of a terminal does. */
    void endBackground() {
        List<ProcessHandle> running = new ArrayList<>(bash.descendants().toList());
        background.forEach(shell -> running.addAll(shell.descendants().toList()));
        running.forEach(ProcessHandle::destroy);
        running.forEach(process -> process.onExit()
                .completeOnTimeout(process, 20, TimeUnit.SECONDS)
                .thenAccept(ProcessHandle::destroyForcibly)
                .join());
    }

    @Override
    public void close() {
        endBackground();
        bash.destroyForcibly();
        background.forEach(ProcessHandle::destroyForcibly);
    }
}
