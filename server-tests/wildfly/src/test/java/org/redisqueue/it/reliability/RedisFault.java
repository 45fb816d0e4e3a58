// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.it.app.Background;
import org.redisqueue.ra.testing.FaultyWire;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.RespConnection.ErrorReply;
import org.redisqueue.ra.testing.TestRedis;

/** Faults of Redis and of the connections to it. */
enum RedisFault {
    /** Redis is killed and restarted. */
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
    /** Redis freezes. */
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
    /** Redis repeatedly closes all connections. */
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
    /** Connections break after Redis has executed a call, and the reply is lost. */
    REPLIES_CUT {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            int before = wire.cuts();
            repeat(time, () -> wire.cutReplies(CUTS));
            wire.cutReplies(0);
            assertThat(wire.cuts()).isGreaterThan(before);
        }
    },
    /** Connections break before Redis receives a call. */
    REQUESTS_CUT {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            int before = wire.cuts();
            repeat(time, () -> wire.cutRequests(CUTS));
            wire.cutRequests(0);
            assertThat(wire.cuts()).isGreaterThan(before);
        }
    },
    /** A script of another client runs for a long time, and Redis replies with BUSY. */
    BUSY {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            redis.call("CONFIG", "SET", "busy-reply-threshold", "50");
            try (RespConnection other = redis.connect()) {
                CompletableFuture<Void> script = Background.run(() -> endless(other));
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
    /** Redis is loading its data, and replies with LOADING. */
    LOADING {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            long keys = Math.max(1, (Long) redis.call("DBSIZE"));
            redis.call("CONFIG", "SET", "loading-process-events-interval-bytes", "1024");
            redis.call("CONFIG", "SET", "key-load-delay", Long.toString(Math.max(1, time.toNanos() / 1000 / keys)));
            try (RespConnection other = redis.connect()) {
                CompletableFuture<Object> loading = Background.supply(() -> other.call("DEBUG", "RELOAD"));
                passRefused(redis, "LOADING", Duration.ZERO);
                loading.join();
            } finally {
                redis.call("CONFIG", "SET", "key-load-delay", "0");
            }
        }
    },
    /** Redis is out of memory, and replies with OOM to commands that may need more. */
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
    /** Redis has become a replica, and replies with READONLY. */
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
    /** The scripts are repeatedly flushed, and Redis replies with NOSCRIPT. */
    SCRIPTS_FLUSHED {
        @Override
        void happen(TestRedis redis, FaultyWire wire, Duration time) {
            repeat(time, () -> redis.call("SCRIPT", "FLUSH"));
        }
    };

    /** The arguments with which Redis must be started. */
    static final String[] ARGUMENTS = {"--enable-debug-command", "yes"};

    private static final int CUTS = 10;
    private static final Duration AGAIN = Duration.ofMillis(200);

    /**
     * Causes the fault, and returns when it is over.
     *
     * @param time its approximate duration
     */
    abstract void happen(TestRedis redis, FaultyWire wire, Duration time);

    /** Lets the duration of a fault pass. */
    static void pass(Duration time) {
        await().pollDelay(time).atMost(time.plusSeconds(5)).until(() -> true);
    }

    /** Lets the duration of a fault pass, once Redis replies to a write with this error. */
    private static void passRefused(TestRedis redis, String error, Duration time) {
        await("Redis replies with " + error).until(() -> {
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
