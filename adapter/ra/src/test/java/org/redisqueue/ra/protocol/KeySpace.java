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

    private static final String READ = """
            local found = {}
            for _, key in ipairs(redis.call('KEYS', '*')) do
              if string.sub(key, 1, 8) ~= 'rq:lane:' and string.sub(key, 1, 6) ~= 'saved:' then
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
                found[#found + 1] = { key, type, redis.call('PTTL', key) >= 0 and 1 or 0, elements }
              end
            end
            local time = redis.call('TIME')
            return { time[1] * 1000 + math.floor(time[2] / 1000), found }
            """;

    private static final Pattern TIME = Pattern.compile("(?<!\\d)1[6-9]\\d{11}(?!\\d)");

    /** The day in the key of a history. */
    private static final Pattern DAY = Pattern.compile("(?<=}:history:)\\d+$");

    /** The minutes at the beginning of a history in which nothing was counted. */
    private static final Pattern EMPTY_MINUTES = Pattern.compile("^(?:\0{8})+");

    static KeySpace of(TestRedis redis) {
        List<?> reply = (List<?>) redis.call("EVAL", READ, "0");
        Map<String, Content> keys = new TreeMap<>();
        for (Object each : (List<?>) reply.get(1)) {
            List<?> entry = (List<?>) each;
            String type = (String) entry.get(1);
            keys.put(
                    (String) entry.get(0),
                    new Content(type, entry.get(2).equals(1L), elements(type, TestQueue.texts(entry.get(3)))));
        }
        return new KeySpace(keys, (Long) reply.get(0));
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
