// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Inspects a queue in Redis without using the code of the adapter. */
public final class QueueProbe {

    private final TestRedis redis;
    private final String name;

    private QueueProbe(TestRedis redis, String name) {
        this.redis = redis;
        this.name = name;
    }

    /** A new queue of this server. */
    public static QueueProbe create(TestRedis redis) {
        return new QueueProbe(redis, "test." + UUID.randomUUID());
    }

    public String name() {
        return name;
    }

    public String key(String suffix) {
        return "rq:{" + name + "}:" + suffix;
    }

    /** Sends a message as a program in any language would. */
    public void push(String id, String value) {
        redis.callAll(List.of(
                new Object[] {"MULTI"},
                new Object[] {"SET", key("message:" + id), value},
                new Object[] {"LPUSH", key("ready"), id},
                new Object[] {"EXEC"}));
    }

    /** Whether a value is stored under this id. */
    public boolean exists(String id) {
        return redis.call("EXISTS", key("message:" + id)).equals(1L);
    }

    public String value(String id) {
        return (String) redis.call("GET", key("message:" + id));
    }

    /** The ids that are ready, the next to be delivered last. */
    public List<?> ready() {
        List<Object> ids = new ArrayList<>((List<?>) redis.call("LRANGE", key("ready"), "0", "-1"));
        ids.addAll((List<?>) redis.call("LRANGE", key("arrived"), "0", "-1"));
        ids.removeIf(""::equals);
        return ids;
    }

    /** Each {@code <id> <token>}. */
    public List<?> processing() {
        return (List<?>) redis.call("ZRANGE", key("processing"), "0", "-1");
    }

    public List<?> dead() {
        return (List<?>) redis.call("ZRANGE", key("dead"), "0", "-1");
    }

    /** The branches whose home is this queue. */
    public List<?> prepared() {
        return (List<?>) redis.call("HKEYS", key("prepared"));
    }

    /** Whether Redis has no keys of the queue, except for outcomes of branches and the history, which expire. */
    public boolean isGone() {
        return ((List<?>) redis.call("KEYS", key("*")))
                .stream()
                        .allMatch(key -> key.toString().startsWith(key("ended:"))
                                || key.toString().startsWith(key("history:")));
    }
}
