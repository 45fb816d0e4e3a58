// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A harmless call of each command that scripts may use, to find out whether Redis allows it.
 *
 * <p>{@code @1} stands for a key that holds a string, {@code @2} for a key that does not exist. An exclamation mark means
 * that the command could create its key.
 */
final class HarmlessCalls {

    private static final Map<String, String> CALLS = table(
            "bitfield @2",
            "del @2",
            "exists @2",
            "expire @2 1",
            "get @2",
            "getdel @2",
            "getrange @2 0 0",
            "hdel @2 f",
            "hexists @2 f",
            "hget @2 f",
            "hgetall @2",
            "hincrby! @1 f 1",
            "hkeys @2",
            "hlen @2",
            "hmget @2 f",
            "hscan @2 0",
            "hset! @1 f v",
            "hsetnx! @1 f v",
            "hstrlen @2 f",
            "hvals @2",
            "incr! @1",
            "incrby! @1 1",
            "lindex @2 0",
            "linsert @2 before v v",
            "llen @2",
            "lmove @2 @2 LEFT LEFT",
            "lpop @2",
            "lpos @2 v",
            "lpush! @1 v",
            "lrange @2 0 0",
            "lrem @2 0 v",
            "lset @2 0 v",
            "ltrim @2 0 0",
            "mget @2",
            "mset @2 v @2",
            "persist @2",
            "pexpire @2 1",
            "pexpireat @2 1",
            "psetex @1 1000 probe",
            "pttl @2",
            "rename @2 @2",
            "renamenx @2 @2",
            "rpop @2",
            "rpoplpush @2 @2",
            "rpush! @1 v",
            "sadd! @1 m",
            "scard @2",
            "set @1",
            "sismember @2 m",
            "smembers @2",
            "spop @2",
            "srandmember @2",
            "srem @2 m",
            "sscan @2 0",
            "strlen @2",
            "time",
            "ttl @2",
            "type @2",
            "unlink @2",
            "zadd! @1 1 m",
            "zcard @2",
            "zcount @2 0 0",
            "zincrby! @1 1 m",
            "zmscore @2 m",
            "zpopmin @2",
            "zrandmember @2",
            "zrange @2 0 0",
            "zrangebyscore @2 0 0",
            "zrank @2 m",
            "zrem @2 m",
            "zremrangebyrank @2 0 0",
            "zremrangebyscore @2 0 0",
            "zscan @2 0",
            "zscore @2 m");

    private HarmlessCalls() {}

    /** Whether there is a harmless call of this command. */
    static boolean knows(String command) {
        return CALLS.containsKey(command);
    }

    /** The harmless call of a command, words separated by spaces. */
    static String of(String command) {
        return Objects.requireNonNull(CALLS.get(command), command);
    }

    private static Map<String, String> table(String... rows) {
        Map<String, String> table = new TreeMap<>();
        for (String row : rows) {
            MatchResult name = Pattern.compile("^[a-z]+")
                    .matcher(row)
                    .results()
                    .findFirst()
                    .orElseThrow();
            table.put(name.group(), row);
        }
        return table;
    }
}
