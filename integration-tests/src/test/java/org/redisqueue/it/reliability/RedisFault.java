// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.it.reliability.process.FaultyWire;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.RespConnection.ErrorReply;
import org.redisqueue.ra.testing.TestRedis;

/** What can go wrong with Redis, and with the way to it. */
enum RedisFault {
    /** It is killed, and started again. */
    KILLED {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            redis.kill();
            pass(time);
            redis.restart();
        }
    },
    /** It stands still. */
    FROZEN {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            redis.freeze();
            pass(time);
            redis.thaw();
        }
    },
    /** It closes all connections, again and again. */
    DISCONNECTED {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            repeat(time, () -> redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"));
        }
    },
    /** Connections break when Redis has done what was asked: nobody gets the reply. */
    REPLIES_CUT {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            repeat(time, () -> wire.cutReplies(CUTS));
            wire.cutReplies(0);
        }
    },
    /** Connections break before Redis gets what is asked. */
    REQUESTS_CUT {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            repeat(time, () -> wire.cutRequests(CUTS));
            wire.cutRequests(0);
        }
    },
    /** Somebody's script takes long: it answers BUSY. */
    BUSY {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            redis.call("CONFIG", "SET", "busy-reply-threshold", "50");
            try (RespConnection other = redis.connect()) {
                CompletableFuture<Void> script = CompletableFuture.runAsync(() -> endless(other));
                pass(time);
                redis.call("SCRIPT", "KILL");
                script.join();
            }
        }

        private void endless(RespConnection connection) {
            try {
                connection.call("EVAL", "while true do end", "0");
            } catch (ErrorReply e) {
                if (!e.getMessage().contains("killed")) {
                    throw e;
                }
            }
        }
    },
    /** It loads its data: it answers LOADING. */
    LOADING {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            long keys = Math.max(1, (Long) redis.call("DBSIZE"));
            redis.call("CONFIG", "SET", "loading-process-events-interval-bytes", "1024");
            redis.call("CONFIG", "SET", "key-load-delay", Long.toString(Math.max(1, time.toNanos() / 1000 / keys)));
            redis.call("DEBUG", "RELOAD");
            redis.call("CONFIG", "SET", "key-load-delay", "0");
        }
    },
    /** Its memory is used up: it answers OOM to what may need more. */
    FULL {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            redis.call("CONFIG", "SET", "maxmemory", "1");
            pass(time);
            redis.call("CONFIG", "SET", "maxmemory", "0");
        }
    },
    /** It has become a replica: it answers READONLY. */
    READ_ONLY {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            redis.call("REPLICAOF", "127.0.0.1", "1");
            pass(time);
            redis.call("REPLICAOF", "NO", "ONE");
        }
    },
    /** It forgets the scripts, again and again: it answers NOSCRIPT. */
    SCRIPTS_FLUSHED {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            repeat(time, () -> redis.call("SCRIPT", "FLUSH"));
        }
    };

    /** What a Redis needs to be started with. */
    static final String[] ARGUMENTS = {"--enable-debug-command", "yes"};

    private static final int CUTS = 10;
    private static final Duration AGAIN = Duration.ofMillis(200);

    /**
     * Has it happen; returns when it is over.
     *
     * @param time how long it lasts, about
     */
    abstract void happen(TestRedis redis, FaultyWire wire, Duration time);

    /** Lets time pass: a fault has a length. */
    static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }

    private static void repeat(Duration time, Runnable action) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            action.run();
            pass(AGAIN);
        }
    }
}
