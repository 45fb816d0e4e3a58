// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The connections between servers and Redis, which tests can cut at critical moments. */
public final class FaultyWire implements AutoCloseable {

    private static final int BUFFER = 64 * 1024;

    private final TestRedis redis;
    private final ServerSocket entrance;
    private final AtomicInteger requestsToCut = new AtomicInteger();
    private final AtomicInteger repliesToCut = new AtomicInteger();
    private final AtomicInteger cuts = new AtomicInteger();
    private final AtomicReference<Ambush> ambush = new AtomicReference<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Line requests = new Line();
    private final Line replies = new Line();
    private volatile Answer answer;

    public FaultyWire(TestRedis redis) {
        this.redis = redis;
        try {
            entrance = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("accept", this::accept);
    }

    /** The address under which servers reach Redis. */
    public String address() {
        return "redis://127.0.0.1:" + entrance.getLocalPort();
    }

    /** Cuts this number of connections, each upon a request, which Redis does not receive. */
    public void cutRequests(int count) {
        requestsToCut.set(count);
    }

    /** Cuts this number of connections, each upon a reply, which the server does not receive. */
    public void cutReplies(int count) {
        repliesToCut.set(count);
    }

    /** Limits the total rate of replies, as on a slow line; 0 = unlimited. */
    public void limitReplies(long perSecond) {
        replies.bytesPerSecond = perSecond;
    }

    /** Limits the total rate of requests; 0 = unlimited. */
    public void limitRequests(long perSecond) {
        requests.bytesPerSecond = perSecond;
    }

    /** One direction. */
    private static final class Line {

        private volatile long bytesPerSecond;
        private long idleFrom;

        /** Waits until the line has transmitted its data. */
        private void carry(int length) {
            long rate = bytesPerSecond;
            if (rate == 0) {
                return;
            }
            long until;
            synchronized (this) {
                idleFrom = Math.max(idleFrom, System.nanoTime()) + TimeUnit.SECONDS.toNanos(length) / rate;
                until = idleFrom;
            }
            for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    private record Answer(byte[] word, byte[] reply) {}

    /** Answers each request that contains this word, without passing it on to Redis. */
    public void answer(String word, String reply) {
        answer = new Answer(word.getBytes(StandardCharsets.UTF_8), reply.getBytes(StandardCharsets.UTF_8));
    }

    private byte[] answerTo(ByteBuffer request) {
        Answer given = answer;
        return given != null && contains(request, given.word()) ? given.reply() : null;
    }

    /** An action upon the next call that contains this word. */
    private record Ambush(byte[] word, boolean atReply, Runnable action) {}

    /** Runs an action instead of passing on the next request with this word. */
    public void atRequest(String word, Runnable action) {
        ambush.set(new Ambush(word.getBytes(StandardCharsets.UTF_8), false, action));
    }

    /** Runs an action instead of passing on the reply to the next request with this word. */
    public void atReply(String word, Runnable action) {
        ambush.set(new Ambush(word.getBytes(StandardCharsets.UTF_8), true, action));
    }

    /** Cancels these actions and answers. */
    public void disarm() {
        ambush.set(null);
        answer = null;
    }

    /** How many connections were cut. */
    public int cuts() {
        return cuts.get();
    }

    private void accept() throws IOException {
        while (true) {
            Socket server = entrance.accept();
            open.add(server);
            try {
                Socket target = new Socket(redis.host(), redis.port());
                open.add(target);
                server.setTcpNoDelay(true);
                target.setTcpNoDelay(true);
                AtomicReference<Runnable> atReply = new AtomicReference<>();
                run(
                        "requests",
                        () -> pump(server, target, requestsToCut, chunk -> springsAt(chunk, atReply), requests));
                run("replies", () -> pump(target, server, repliesToCut, chunk -> isAwaited(atReply), replies));
            } catch (IOException e) {
                close(server); // Redis is down
            }
        }
    }

    /** Searches only the data of one read, because no request of the adapter is longer. */
    private boolean springsAt(ByteBuffer request, AtomicReference<Runnable> atReply) {
        Ambush waiting = ambush.get();
        if (waiting == null || !contains(request, waiting.word()) || !ambush.compareAndSet(waiting, null)) {
            return false;
        }
        if (waiting.atReply()) {
            atReply.set(waiting.action());
            return false;
        }
        waiting.action().run();
        return true;
    }

    private static boolean isAwaited(AtomicReference<Runnable> atReply) {
        Runnable action = atReply.getAndSet(null);
        if (action != null) {
            action.run();
        }
        return action != null;
    }

    private static boolean contains(ByteBuffer chunk, byte[] word) {
        return IntStream.rangeClosed(0, chunk.limit() - word.length)
                .anyMatch(from -> chunk.slice(from, word.length).equals(ByteBuffer.wrap(word)));
    }

    private void pump(Socket from, Socket to, AtomicInteger toCut, Predicate<ByteBuffer> ambushed, Line line)
            throws IOException {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (toCut.getAndUpdate(count -> Math.max(0, count - 1)) > 0) {
                    cuts.incrementAndGet();
                    return;
                }
                if (ambushed.test(ByteBuffer.wrap(buffer, 0, length))) {
                    return;
                }
                byte[] answered = line == requests ? answerTo(ByteBuffer.wrap(buffer, 0, length)) : null;
                if (answered != null) {
                    from.getOutputStream().write(answered);
                } else {
                    line.carry(length);
                    out.write(buffer, 0, length);
                }
            }
        } finally {
            close(from);
            close(to);
        }
    }

    private void close(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private static void run(String name, Work work) {
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        return; // one end has closed the connection
                    }
                },
                "wire-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            entrance.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        open.forEach(this::close);
    }
}
