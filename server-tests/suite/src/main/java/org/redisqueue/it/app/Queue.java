// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A queue as any client of Redis can access it, without the adapter. */
public final class Queue {

    /** Sends one command to Redis. */
    public interface Redis {
        Object call(Object... words);
    }

    private static final int BATCH_SIZE = 1_000;

    private final Redis redis;
    private final String prefix;
    private final String name;

    public Queue(Redis redis, String name) {
        this(redis, "rq", name);
    }

    /** @param prefix the key prefix of the adapter */
    public Queue(Redis redis, String prefix, String name) {
        this.redis = redis;
        this.prefix = prefix;
        this.name = name;
    }

    public String name() {
        return name;
    }

    public String key(String suffix) {
        return prefix + ":{" + name + "}:" + suffix;
    }

    public Object call(Object... words) {
        return redis.call(words);
    }

    /** Sends a plain value without headers. */
    public String push(Object value) {
        String id = UUID.randomUUID().toString();
        push(id, value);
        return id;
    }

    public void push(String id, Object value) {
        redis.call("SET", key("message:" + id), value);
        redis.call("LPUSH", key("ready"), id);
    }

    /** Sends this number of plain values, numbered from 0. */
    public List<String> pushMany(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> push(Integer.toString(number)))
                .toList();
    }

    /** Whether a message with this id exists, in any state. */
    public boolean exists(String id) {
        return redis.call("EXISTS", key("message:" + id)).equals(1L);
    }

    /** The ids of the ready messages, including those that have arrived; the last one is the next to be delivered. */
    public List<String> ready() {
        return Stream.of("ready", "arrived") // in this order, in which waits move messages
                .flatMap(list -> texts(redis.call("LRANGE", key(list), "0", "-1")).stream())
                .filter(id -> !id.isEmpty()) // a wake-up without a message
                .distinct()
                .toList();
    }

    /** Maps each {@code <id> <token>} in processing to its due time; {@code inf} if it belongs to a prepared branch. */
    public Map<String, String> processing() {
        return pairs(redis.call("ZRANGE", key("processing"), "0", "-1", "WITHSCORES"));
    }

    /** The ids of the dead letters. */
    public List<String> dead() {
        return texts(redis.call("ZRANGE", key("dead"), "0", "-1"));
    }

    /** The prepared branches with this home queue. */
    public Map<String, String> prepared() {
        return pairs(redis.call("HGETALL", key("prepared")));
    }

    /** The stored values of all ready messages. */
    public List<String> values() {
        return values(ready());
    }

    private List<String> values(List<String> ids) {
        List<String> values = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += BATCH_SIZE) {
            Stream<String> keys = ids.subList(from, Math.min(ids.size(), from + BATCH_SIZE)).stream()
                    .map(id -> key("message:" + id));
            values.addAll(
                    texts(redis.call(Stream.concat(Stream.of("MGET"), keys).toArray())));
        }
        return values;
    }

    /** The bodies of all ready messages, without headers. */
    public List<String> bodies() {
        return bodies(values());
    }

    /** The bodies of the messages with these ids, without headers. */
    public List<String> bodiesOf(List<String> ids) {
        return bodies(values(ids));
    }

    private static List<String> bodies(List<String> values) {
        return values.stream()
                .filter(Objects::nonNull) // acknowledged since its id was read
                .map(value -> value.startsWith("RQ/1\r\n") ? value.substring(value.indexOf("\r\n\r\n") + 4) : value)
                .toList();
    }

    /** Whether nothing is ready, in processing or prepared. Unlike {@link #keys}, it does not scan all keys of Redis. */
    public boolean isIdle() {
        return redis.call("EXISTS", key("ready"), key("arrived"), key("processing"), key("prepared"))
                .equals(0L);
    }

    /** All keys of this queue, except those with the outcomes of branches and the history, which expire. */
    public List<String> keys() {
        return keysLike(key("*")).stream()
                .filter(key -> !key.startsWith(key("ended:")) && !key.startsWith(key("history:")))
                .toList();
    }

    /** All keys that match this pattern. */
    public List<String> keysLike(String pattern) {
        return texts(redis.call("KEYS", pattern));
    }

    private static Map<String, String> pairs(Object reply) {
        List<String> texts = texts(reply);
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < texts.size(); i += 2) {
            pairs.put(texts.get(i), texts.get(i + 1));
        }
        return pairs;
    }

    private static List<String> texts(Object reply) {
        return ((List<?>) reply).stream().map(String.class::cast).toList(); // null for missing values
    }

    @Override
    public String toString() {
        return name;
    }
}
