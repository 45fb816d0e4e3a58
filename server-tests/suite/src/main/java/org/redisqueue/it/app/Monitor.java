// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** Observes all calls to Redis and the commands of their scripts. */
public final class Monitor implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader reader;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    /**
     * A call of a client.
     *
     * @param commands the call, followed by the commands of its script, each in the form {@code "COMMAND" "argument" …}
     */
    public record Call(List<String> commands) {

        /** Whether the call or its script executed this command with these first arguments. */
        public boolean does(String command, String... arguments) {
            StringBuilder beginning = new StringBuilder("\"" + command + "\"");
            for (String argument : arguments) {
                beginning.append(" \"").append(argument).append('"');
            }
            return commands.stream().anyMatch(line -> line.startsWith(beginning.toString()));
        }
    }

    private Monitor() throws IOException {
        socket = new Socket(Redis.address().getHost(), Redis.address().getPort());
        reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        socket.getOutputStream().write("MONITOR\r\n".getBytes(StandardCharsets.US_ASCII));
        reader.readLine();
        Thread thread = new Thread(this::read, "redis-monitor");
        thread.setDaemon(true);
        thread.start();
    }

    /** Starts to observe. */
    public static Monitor start() {
        try {
            return new Monitor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("+0 [0 end] " + e);
        }
    }

    /** All calls so far that involve this queue, except those of recovery, which reads every queue at any time. */
    public List<Call> calls(Queue queue) {
        String marker = UUID.randomUUID().toString();
        queue.call("ECHO", marker);
        await().until(() -> lines.stream().anyMatch(line -> line.contains(marker)));
        List<Call> calls = new ArrayList<>();
        for (String line : lines) {
            int end = line.indexOf("] ");
            if (!line.substring(0, end).endsWith(" lua")) {
                calls.add(new Call(new ArrayList<>()));
            }
            calls.get(calls.size() - 1).commands().add(line.substring(end + 2));
        }
        return calls.stream()
                .filter(call -> !call.does("HKEYS"))
                .filter(call -> call.commands().stream().anyMatch(line -> line.contains("{" + queue.name() + "}")))
                .toList();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
