// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A connection that speaks the Redis protocol (RESP 2), so that tests can inspect Redis without the code under test and
 * without a client library.
 */
public final class RespConnection implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    /** An error reply from Redis. */
    public static final class ErrorReply extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ErrorReply(String message) {
            super(message);
        }
    }

    public RespConnection(String host, int port) throws IOException {
        this(host, port, TIMEOUT_MILLIS);
    }

    RespConnection(String host, int port, int timeoutMillis) throws IOException {
        socket.connect(new InetSocketAddress(host, port), timeoutMillis);
        socket.setSoTimeout(timeoutMillis);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * Sends one command and waits for its answer.
     *
     * @param words byte arrays as they are, everything else as text
     * @return a String, a Long, a List of those, or null
     * @throws ErrorReply if the answer is an error
     */
    public Object call(Object... words) {
        return callAll(List.<Object[]>of(words)).get(0);
    }

    /**
     * Sends several commands at once and waits for all replies. If one of them does not arrive, the connection is closed:
     * otherwise a late reply would answer a later command.
     */
    public synchronized List<Object> callAll(List<Object[]> commands) {
        try {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (Object[] words : commands) {
                write(out, words);
            }
            socket.getOutputStream().write(out.toByteArray());
            List<Object> replies = new ArrayList<>();
            ErrorReply error = null;
            for (int i = 0; i < commands.size(); i++) {
                try {
                    replies.add(read());
                } catch (ErrorReply e) {
                    error = e;
                }
            }
            if (error != null) {
                throw error;
            }
            return replies;
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the next message that is not an answer, such as a line of MONITOR. */
    public synchronized Object receive() {
        try {
            return read();
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    private static void write(ByteArrayOutputStream out, Object... words) throws IOException {
        out.write(("*" + words.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        for (Object word : words) {
            byte[] bytes = word instanceof byte[] raw ? raw : word.toString().getBytes(StandardCharsets.UTF_8);
            out.write(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.write(bytes);
            out.write('\r');
            out.write('\n');
        }
    }

    private Object read() throws IOException {
        String line = line();
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '+':
                return rest;
            case '-':
                throw new ErrorReply(rest);
            case ':':
                return Long.valueOf(rest);
            case '$':
                return bulk(Integer.parseInt(rest));
            case '*':
                return array(Integer.parseInt(rest));
            default:
                throw new IOException("Not RESP: " + line);
        }
    }

    private String bulk(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        byte[] bytes = in.readNBytes(length);
        in.skipNBytes(2);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private List<Object> array(int length) throws IOException {
        if (length < 0) {
            return null;
        }
        List<Object> found = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            found.add(read());
        }
        return found;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("Redis closed the connection");
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
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
