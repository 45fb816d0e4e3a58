// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.ra.testing.FaultyWire;
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
            try {
                pass(time);
            } finally {
                redis.restart();
            }
        }
    },
    /** It stands still. */
    FROZEN {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            redis.freeze();
            try {
                pass(time);
            } finally {
                redis.thaw();
            }
        }
    },
    /** It closes all connections, again and again. */
    DISCONNECTED {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            repeat(
                    time,
                    () -> assertThat((Long) redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"))
                            .as("connections closed")
                            .isPositive());
        }
    },
    /** Connections break when Redis has done what was asked: nobody gets the reply. */
    REPLIES_CUT {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            int before = wire.cuts();
            repeat(time, () -> wire.cutReplies(CUTS));
            wire.cutReplies(0);
            assertThat(wire.cuts()).isGreaterThan(before);
        }
    },
    /** Connections break before Redis gets what is asked. */
    REQUESTS_CUT {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            int before = wire.cuts();
            repeat(time, () -> wire.cutRequests(CUTS));
            wire.cutRequests(0);
            assertThat(wire.cuts()).isGreaterThan(before);
        }
    },
    /** Somebody's script takes long: it answers BUSY. */
    BUSY {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            redis.call("CONFIG", "SET", "busy-reply-threshold", "50");
            try (RespConnection other = redis.connect()) {
                CompletableFuture<Void> script = CompletableFuture.runAsync(() -> endless(other));
                try {
                    passRefused(redis, "BUSY", time);
                } finally {
                    redis.call("SCRIPT", "KILL");
                }
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
            try (RespConnection other = redis.connect()) {
                CompletableFuture<Object> loading = CompletableFuture.supplyAsync(() -> other.call("DEBUG", "RELOAD"));
                passRefused(redis, "LOADING", Duration.ZERO);
                loading.join();
            } finally {
                redis.call("CONFIG", "SET", "key-load-delay", "0");
            }
        }
    },
    /** Its memory is used up: it answers OOM to what may need more. */
    FULL {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            redis.call("CONFIG", "SET", "maxmemory", "1");
            try {
                passRefused(redis, "OOM", time);
            } finally {
                redis.call("CONFIG", "SET", "maxmemory", "0");
            }
        }
    },
    /** It has become a replica: it answers READONLY. */
    READ_ONLY {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            redis.call("REPLICAOF", "127.0.0.1", "1");
            try {
                passRefused(redis, "READONLY", time);
            } finally {
                redis.call("REPLICAOF", "NO", "ONE");
            }
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

    /** Lets time pass, once Redis answers to a write with this error. */
    private static void passRefused(TestRedis redis, String error, Duration time) {
        await("Redis answers " + error).until(() -> {
            try (RespConnection probe = redis.connect()) {
                probe.call("SET", "probe", "");
                return false;
            } catch (ErrorReply e) {
                return e.getMessage().startsWith(error);
            }
        });
        pass(time);
    }

    private static void repeat(Duration time, Runnable action) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            action.run();
            pass(AGAIN);
        }
    }
}
