// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.redis;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Calls a single command of a local redis-server, over a connection of its own. */
final class RedisCall {

    private static final int PATIENCE_MILLIS = 2_000;

    private RedisCall() {}

    /**
     * Calls a command whose words contain no spaces.
     *
     * @return the reply as text; the elements of an array in lines
     * @throws IOException if the server cannot be reached, or replies with an error
     */
    static String call(int port, String command) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.US_ASCII));
            return reply(new BufferedInputStream(socket.getInputStream()));
        }
    }

    private static String reply(InputStream in) throws IOException {
        var line = line(in);
        var rest = line.substring(1);
        switch (line.charAt(0)) {
            case '-' -> throw new IOException(rest);
            case '$' -> {
                var length = Integer.parseInt(rest);
                var text = length < 0 ? "" : new String(in.readNBytes(length), StandardCharsets.UTF_8);
                if (length >= 0) {
                    line(in);
                }
                return text;
            }
            case '*' -> {
                var elements = new StringBuilder();
                for (int i = Integer.parseInt(rest); i > 0; i--) {
                    elements.append(reply(in)).append('\n');
                }
                return elements.toString();
            }
            default -> {
                return rest;
            }
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            } else if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }
}
