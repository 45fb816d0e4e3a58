// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.redisqueue.it.app.Queue;
import org.redisqueue.ra.testing.RespConnection;

/** Sends 1,000 messages per second to a queue until it is closed. */
final class Flow implements AutoCloseable {

    private static final int MESSAGES_PER_STEP = 10;
    private static final long STEP_NANOS = 10_000_000;

    private final Queue queue;
    private final Thread thread = new Thread(this::send, "flow");
    private final long start = System.nanoTime();
    private volatile boolean ended;
    private volatile long sent;

    private Flow(Queue queue) {
        this.queue = queue;
    }

    static Flow start(Queue queue) {
        Flow flow = new Flow(queue);
        flow.thread.start();
        return flow;
    }

    private void send() {
        try (RespConnection redis = SlowCalls.connect()) {
            for (long step = 1; !ended; step++) {
                List<Object[]> commands = new ArrayList<>();
                for (int i = 0; i < MESSAGES_PER_STEP; i++) {
                    String id = "flow-" + start + "-" + (sent + i);
                    commands.add(new Object[] {"SET", queue.key("message:" + id), id});
                    commands.add(new Object[] {"LPUSH", queue.key("ready"), id});
                }
                redis.callAll(commands);
                sent += MESSAGES_PER_STEP;
                while (System.nanoTime() - start < step * STEP_NANOS) {
                    LockSupport.parkNanos(STEP_NANOS / 10); // catches up if it was late
                }
            }
        }
    }

    /** The number of messages so far. */
    long sent() {
        return sent;
    }

    /** The average rate so far. */
    double perSecond() {
        return sent * 1e9 / (System.nanoTime() - start);
    }

    /** Returns the number of messages when the last one has been sent. */
    long stop() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return sent;
    }

    @Override
    public void close() {
        stop();
    }
}
