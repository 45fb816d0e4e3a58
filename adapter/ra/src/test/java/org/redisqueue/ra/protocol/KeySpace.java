// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.redisqueue.ra.testing.TestRedis;

/** The contents of a server at one moment, except for lanes and data that the test has saved. */
record KeySpace(Map<String, Content> keys, long now) {

    /** The content of a key: the elements of a list, or the sorted members of other types with scores or values. */
    record Content(String type, boolean expires, List<String> elements) {}

    /**
     * Reads the keys that are not as they were saved, because sending and parsing all of them takes most of the time of the
     * tests. Strings are compared as they are and other types as DUMP writes them; of times to live, only whether there is one.
     * They are saved in another database, which the scripts under test do not see.
     */
    private static final String READ = """
            redis.replicate_commands() -- Redis 6.2 otherwise allows no writes after PTTL
            local save, saved, current, found = ARGV[1] == 'save', {}, {}, {}
            if not save then
              redis.call('SELECT', 1)
              local dumps = redis.call('HGETALL', 'saved')
              for i = 1, #dumps, 2 do
                saved[dumps[i]] = dumps[i + 1]
              end
              redis.call('SELECT', 0)
            end
            local keys = redis.call('KEYS', '*')
            local strings = #keys > 0 and redis.call('MGET', unpack(keys)) or {}
            for i, key in ipairs(keys) do
              if string.sub(key, 1, 8) ~= 'rq:lane:' and string.sub(key, 1, 6) ~= 'saved:' then
                local expires = redis.call('PTTL', key) >= 0 and 1 or 0
                local dump = expires .. (strings[i] and '=' .. strings[i] or redis.call('DUMP', key))
                if dump ~= saved[key] then
                  local type, elements = redis.call('TYPE', key).ok, {}
                  if type == 'string' then
                    elements = { redis.call('GET', key) }
                  elseif type == 'list' then
                    elements = redis.call('LRANGE', key, 0, -1)
                  elseif type == 'zset' then
                    elements = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
                  elseif type == 'hash' then
                    elements = redis.call('HGETALL', key)
                  elseif type == 'set' then
                    elements = redis.call('SMEMBERS', key)
                  end
                  found[#found + 1] = { key, type, expires, elements }
                end
                saved[key] = nil
                current[key] = dump
              end
            end
            local gone = {}
            for key in pairs(saved) do
              gone[#gone + 1] = key
            end
            if save then
              redis.call('SELECT', 1)
              redis.call('DEL', 'saved')
              for key, dump in pairs(current) do
                redis.call('HSET', 'saved', key, dump)
              end
            end
            local time = redis.call('TIME')
            return { time[1] * 1000 + math.floor(time[2] / 1000), found, gone }
            """;

    private static final Pattern TIME = Pattern.compile("(?<!\\d)1[6-9]\\d{11}(?!\\d)");

    /** The day in the key of a history. */
    private static final Pattern DAY = Pattern.compile("(?<=}:history:)\\d+$");

    /** The minutes at the beginning of a history in which nothing was counted. */
    private static final Pattern EMPTY_MINUTES = Pattern.compile("^(?:\0{8})+");

    /** Reads and saves the state. */
    static KeySpace save(TestRedis redis) {
        return new KeySpace(Map.of(), 0).updated((List<?>) redis.call("EVAL", READ, 0, "save"));
    }

    /**
     * Reads the state.
     *
     * @param saved the state that was saved last
     */
    static KeySpace read(TestRedis redis, KeySpace saved) {
        return saved.updated((List<?>) redis.call("EVAL", READ, 0, "read"));
    }

    private KeySpace updated(List<?> reply) {
        Map<String, Content> updated = new TreeMap<>(keys);
        for (Object each : (List<?>) reply.get(1)) {
            List<?> entry = (List<?>) each;
            String type = (String) entry.get(1);
            updated.put(
                    (String) entry.get(0),
                    new Content(type, entry.get(2).equals(1L), elements(type, TestQueue.texts(entry.get(3)))));
        }
        TestQueue.texts(reply.get(2)).forEach(updated::remove);
        return new KeySpace(updated, (Long) reply.get(0));
    }

    /** The keys whose contents differ in another state, with both contents. */
    List<String> differences(KeySpace other) {
        Map<String, Content> here = relative();
        Map<String, Content> there = other.relative();
        Set<String> names = new TreeSet<>(here.keySet());
        names.addAll(there.keySet());
        return names.stream()
                .filter(key -> !Objects.equals(here.get(key), there.get(key)))
                .map(key -> key + " was " + brief(here.get(key)) + ", is " + brief(there.get(key)))
                .toList();
    }

    private static String brief(Object content) {
        String text = String.valueOf(content);
        return text.length() > 500 ? text.substring(0, 500) + "…" : text;
    }

    private static List<String> elements(String type, List<String> elements) {
        return switch (type) {
            case "zset", "hash" -> {
                List<String> pairs = new ArrayList<>();
                for (int i = 0; i < elements.size(); i += 2) {
                    pairs.add(elements.get(i) + " = " + elements.get(i + 1));
                }
                yield pairs.stream().sorted().toList();
            }
            case "set" -> elements.stream().sorted().toList();
            default -> elements;
        };
    }

    /**
     * This state for comparison with the effect of the same call at another time: with times in minutes from now, and with
     * a history that begins with the first minute in which something was counted.
     */
    Map<String, Content> relative() {
        Map<String, Content> relative = new TreeMap<>();
        keys.forEach((key, content) -> {
            boolean history = DAY.matcher(key).find();
            relative.put(
                    DAY.matcher(key).replaceFirst("today"),
                    new Content(
                            content.type(),
                            content.expires(),
                            content.elements().stream()
                                    .map(text -> history
                                            ? EMPTY_MINUTES.matcher(text).replaceFirst("")
                                            : relative(text))
                                    .toList()));
        });
        return relative;
    }

    private String relative(String text) {
        return TIME.matcher(text)
                .replaceAll(time -> "now + " + Math.round((Long.parseLong(time.group()) - now) / 60_000d) + " min");
    }

    KeySpace without(String key) {
        Map<String, Content> others = new TreeMap<>(keys);
        others.remove(key);
        return new KeySpace(others, now);
    }

    List<String> elements(String key) {
        Content content = keys.get(key);
        return content == null ? List.of() : content.elements();
    }

    /** The members of a sorted set with their scores, or the fields of a hash with their values. */
    Map<String, String> pairs(String key) {
        Map<String, String> pairs = new TreeMap<>();
        for (String element : elements(key)) {
            int end = element.lastIndexOf(" = ");
            if (end >= 0) {
                pairs.put(element.substring(0, end), element.substring(end + 3));
            }
        }
        return pairs;
    }
}
