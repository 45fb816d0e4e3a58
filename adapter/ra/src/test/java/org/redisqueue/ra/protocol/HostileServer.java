// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.redisqueue.ra.testing.RespConnection;
import org.redisqueue.ra.testing.TestRedis;

/** A server on which scripts encounter denied commands, denied keys, keys of the wrong type and a lack of memory. */
final class HostileServer implements AutoCloseable {

    /** What a call returned: a reply or an error. */
    record Outcome(ScriptCall call, Object reply, String error) {

        /** Whether the script reports, by an error or by a code, that it has done nothing. */
        boolean isRefused() {
            return error != null || hasCode() && code() > 1;
        }

        String summary() {
            return error != null ? "error '" + error + "'" : isRefused() ? "code " + code() : report();
        }

        private boolean hasCode() {
            return call.keys().contains(ScriptCall.LANE);
        }

        private long code() {
            return (Long) (reply instanceof List<?> parts ? parts.get(0) : reply);
        }

        /** The effect that the script reports. */
        String report() {
            if (isRefused()) {
                return summary();
            }
            Object report = reply;
            if (hasCode()) {
                report = reply instanceof List<?> parts && parts.size() > 2 ? parts.get(2) : List.of();
            }
            return String.valueOf(report).replaceAll("\\b1[6-9]\\d{11}\\b", "now");
        }
    }

    private static final String USER = "fuzz";

    /** A word in a line of MONITOR that is a key or its prefix. */
    private static final Pattern WORD = Pattern.compile("\"(rq:(?:[^\"\\\\]|\\\\.)*)\"");

    /** How many changes Redis has made: for commands, and by expiry. */
    private static final String CHANGES = """
            local function count(section, name)
              return string.match(redis.call('INFO', section), name .. ':(%d+)')
            end
            return { count('persistence', 'rdb_changes_since_last_save'), count('stats', 'expired_keys') }
            """;

    private static final List<String> KINDS = List.of(
            "ready",
            "arrived",
            "scheduled",
            "prioritized",
            "watchers",
            "settings",
            "rate",
            "slots",
            "processing",
            "dead",
            "failures",
            "abandoned",
            "errors",
            "expiry",
            "waiting",
            "heads",
            "attributes",
            "sequence",
            "prepared",
            "message:*",
            "staged:*",
            "ended:*",
            "dedup:*",
            "paused",
            "job:*",
            "ready?", // these never exist; scripts try commands with them
            "arrived?");
    private static final List<String> PATTERNS = Stream.concat(
                    Stream.of("rq:queues", "rq:topics", "rq:{t1}:bindings", "rq:{t2}:bindings", "rq:{t3}:bindings"),
                    Stream.of("q1", "q2", "q3", "q4", "q9", "q11", "q12", "q13", "q14", "q15", "q16", "q17", "q18")
                            .flatMap(queue -> KINDS.stream().map(kind -> "rq:{" + queue + "}:" + kind)))
            .toList();

    private final TestRedis redis = TestRedis.start();
    private final RespConnection user;
    private final Map<Script, String> digests = new EnumMap<>(Script.class);

    // What was arranged last and its state.
    private List<Object[]> arranged = List.of();
    private KeySpace asArranged;

    // The last known state, the changes that Redis had counted by then, and whether there may be more of them.
    private KeySpace state;
    private Object changes;
    private boolean outdated;

    HostileServer() {
        heal();
        user = redis.connect();
        user.call("AUTH", USER, "secret");
        for (Script script : Script.values()) {
            // Otherwise, steps of jobs would do less on a busy machine, because they end after two milliseconds.
            String patient = script.source().replace("micros() - start > 2000 ", "micros() - start > 2000000 ");
            digests.put(script, (String) redis.call("SCRIPT", "LOAD", patient));
        }
    }

    /** The patterns of these keys, each of one queue and one kind. */
    static List<String> patterns(Set<String> keys) {
        return PATTERNS.stream()
                .filter(pattern -> keys.stream().anyMatch(key -> matches(pattern, key)))
                .toList();
    }

    private static boolean matches(String pattern, String key) {
        return pattern.endsWith("*") || pattern.endsWith("?")
                ? key.startsWith(pattern.substring(0, pattern.length() - 1))
                        && (pattern.endsWith("*") || key.length() == pattern.length())
                : key.equals(pattern);
    }

    boolean knowsRightsToReadAndWrite() {
        String info = (String) redis.call("INFO", "server");
        return !info.contains("redis_version:6");
    }

    /**
     * Fills the empty server.
     *
     * @param commands always have the same effect: it is read once
     */
    void arrange(List<Object[]> commands) {
        outdated = true; // keys may have expired
        if (commands == arranged && state() == asArranged) {
            redis.call("DEL", ScriptCall.LANE);
        } else {
            List<Object[]> all = new ArrayList<>();
            all.add(new Object[] {"FLUSHDB"});
            all.addAll(commands);
            redis.callAll(all);
            if (commands != arranged) {
                arranged = commands;
                asArranged = KeySpace.save(redis);
            }
            state = asArranged;
        }
        changes = changes();
        outdated = false;
    }

    Outcome run(ScriptCall call) {
        outdated = true;
        try {
            return new Outcome(call, user.call(call.words(digests.get(call.script()))), null);
        } catch (RespConnection.ErrorReply e) {
            return new Outcome(call, null, e.getMessage());
        }
    }

    /** The state, which is only read again if Redis has changed something: most calls are refused. */
    KeySpace state() {
        Object current = outdated ? changes() : changes;
        if (!current.equals(changes)) {
            KeySpace read = KeySpace.read(redis, asArranged);
            state = read.keys().equals(asArranged.keys()) ? asArranged : read;
            changes = current;
        }
        outdated = false;
        return state;
    }

    private Object changes() {
        return redis.call("EVAL", CHANGES, 0);
    }

    /** The keys with which a call executes commands if nothing disturbs it. */
    Set<String> keysOf(ScriptCall call) {
        Set<String> keys = new TreeSet<>();
        try (RespConnection monitor = redis.connect()) {
            monitor.call("MONITOR");
            run(call);
            redis.call("ECHO", "end of the call");
            for (String line = ""; !line.contains("end of the call"); line = (String) monitor.receive()) {
                WORD.matcher(line).results().map(word -> word.group(1)).forEach(keys::add);
            }
        }
        return keys;
    }

    void deny(String command) {
        redis.call("ACL", "SETUSER", USER, "-" + command);
    }

    /** Allows all keys, except for one pattern to which there is only this right, such as {@code %R}. */
    void restrict(String pattern, String right) {
        List<Object> words = new ArrayList<>(List.of("ACL", "SETUSER", USER, "resetkeys", "~rq:lane:*", "~rq:{q5}:*"));
        PATTERNS.stream().filter(other -> !other.equals(pattern)).forEach(other -> words.add("~" + other));
        if (!right.isEmpty()) {
            words.add(right + "~" + pattern);
        }
        redis.call(words.toArray());
    }

    /** Exhausts the memory. */
    void exhaust() {
        redis.call("CONFIG", "SET", "maxmemory", "1");
    }

    /** Replaces a key with another one, or deletes it. */
    void replace(String key, String type) {
        outdated = true;
        List<Object[]> commands = new ArrayList<>();
        commands.add(new Object[] {"EVAL", "redis.pcall('RENAME', KEYS[1], KEYS[2])", 2, key, "saved:" + key});
        switch (type) {
            case "string" -> commands.add(new Object[] {"SET", key, "stranger"});
            case "list" -> commands.add(new Object[] {"RPUSH", key, "stranger"});
            case "set" -> commands.add(new Object[] {"SADD", key, "stranger"});
            case "hash" -> commands.add(new Object[] {"HSET", key, "stranger", "1"});
            case "zset" -> commands.add(new Object[] {"ZADD", key, "4000000000000", "stranger"});
            case "stream" -> commands.add(new Object[] {"XADD", key, "*", "stranger", "1"});
            default -> {
                // nothing in its place
            }
        }
        redis.callAll(commands);
    }

    /** Restores the key that was {@linkplain #replace replaced}. */
    void restore(String key) {
        outdated = true;
        redis.callAll(List.of(
                new Object[] {"DEL", key},
                new Object[] {"EVAL", "redis.pcall('RENAME', KEYS[1], KEYS[2])", 2, "saved:" + key, key}));
    }

    /** Restores all rights and the memory limit. */
    void heal() {
        redis.callAll(List.of(
                new Object[] {"ACL", "SETUSER", USER, "reset", "on", ">secret", "~*", "&*", "+@all"},
                new Object[] {"CONFIG", "SET", "maxmemory", "0"}));
    }

    @Override
    public void close() {
        user.close();
        redis.close();
    }
}
