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
import java.util.regex.Pattern;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Wait;

/** A bash that keeps its variables and its directory from one block to the next. */
final class Terminal implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Pattern BACKGROUND = Pattern.compile("(?m)[^&>\\s]\\s*&\\s*(#.*)?$");
    private static final Pattern CONDITION = Pattern.compile(" (&&|\\|\\|) ");

    private final Path directory;
    private final Process bash;
    private final BufferedReader answers;
    private final List<ProcessHandle> background = new ArrayList<>();
    private int count;

    /** The output of a block, standard output and errors, and its exit code. */
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
        answers = bash.inputReader(StandardCharsets.UTF_8);
    }

    /**
     * Runs a block. The exit code is that of the first command that fails, also in a pipe or a substitution.
     *
     * @throws IllegalArgumentException if a failure could remain unnoticed
     */
    Output run(String commands, String input) {
        requireNoticeableFailures(commands);
        Path script = script(commands);
        Path typed = write(script + ".in", input);
        Path printed = Path.of(script + ".out");
        Path failures = write(script + ".codes", "");
        send("set -E -o pipefail; trap 'echo $? >> \"" + failures + "\"' ERR; source '" + script + "' < '" + typed
                + "' > '" + printed + "' 2>&1; trap - ERR; echo end");
        nextLine(script);
        int code = read(failures).lines().findFirst().map(Integer::parseInt).orElse(0);
        return new Output(code, read(printed));
    }

    /** Bash has no trap for what fails in the background, or before these operators. */
    private static void requireNoticeableFailures(String commands) {
        if (BACKGROUND.matcher(commands).find()) {
            throw new IllegalArgumentException("'until' must precede a command in the background:\n" + commands);
        }
        if (CONDITION.matcher(commands).find()) {
            throw new IllegalArgumentException("Each command needs its own line, without && and ||:\n" + commands);
        }
    }

    /** Starts a block that keeps running, and returns when its output contains the text. */
    void runUntil(String commands, String text) {
        Path script = script(commands);
        Path printed = Path.of(script + ".out");
        send("( source '" + script + "' ) < /dev/null > '" + printed + "' 2>&1 &\necho $!");
        nextLine(script);
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

    private void nextLine(Path script) {
        CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return answers.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            if (answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS) == null) {
                throw new IllegalStateException(script + " ended the shell; so far: " + read(Path.of(script + ".out")));
            }
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
