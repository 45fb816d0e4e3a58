// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestRedis;

/** The slow log of Redis, without the calls of the tests themselves. */
final class SlowCalls implements AutoCloseable {

    private static final String OWN = "drills";
    private static final long RECORDED_MICROS = 1_000;

    private final RespConnection redis = connect();

    /**
     * A call that took long.
     *
     * @param command the name of the command, or the digest of the script
     */
    record Call(long micros, String command) {}

    /** Records calls from now on. */
    SlowCalls() {
        redis.call("CONFIG", "SET", "slowlog-log-slower-than", RECORDED_MICROS, "slowlog-max-len", 10_000);
        redis.call("SLOWLOG", "RESET");
    }

    /** A connection whose calls are not recorded here. */
    static RespConnection connect() {
        RespConnection connection = TestRedis.shared().connect();
        connection.call("CLIENT", "SETNAME", OWN);
        return connection;
    }

    /** The slowest call so far; none is recorded if no call took noticeable time. */
    Call slowest() {
        return calls().max(Comparator.comparingLong(Call::micros)).orElse(new Call(0, "none"));
    }

    /** The calls that took at least this time. */
    List<Call> above(long micros) {
        return calls().filter(call -> call.micros() >= micros).toList();
    }

    private Stream<Call> calls() {
        return ((List<?>) redis.call("SLOWLOG", "GET", -1))
                .stream()
                        .map(entry -> (List<?>) entry)
                        .filter(entry -> !OWN.equals(entry.get(5)))
                        .map(entry -> new Call((Long) entry.get(2), name((List<?>) entry.get(3))));
    }

    private static String name(List<?> command) {
        return String.valueOf(command.get(0).equals("EVALSHA") ? command.get(1) : command.get(0));
    }

    @Override
    public void close() {
        redis.call("CONFIG", "SET", "slowlog-log-slower-than", 10_000, "slowlog-max-len", 128);
        redis.close();
    }
}
