// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.redisqueue.ra.testing.TestRedis;

/** A Redis that keeps what it confirms. */
public final class RedisServer implements AutoCloseable {

    /** What {@code appendfsync} can be. */
    public enum Durability {
        ALWAYS,
        EVERYSEC
    }

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int AT_A_TIME = 500;

    private final TestRedis redis =
            TestRedis.start("--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0");

    public String address() {
        return redis.address();
    }

    public TestRedis client() {
        return redis;
    }

    /** From now on it confirms what it has done so. */
    public void confirm(Durability durability) {
        redis.call("CONFIG", "SET", "appendfsync", durability.name().toLowerCase());
    }

    public void pause(String queue) {
        redis.call("SET", key(queue, "paused"), "1");
    }

    public void resume(String queue) {
        redis.call("DEL", key(queue, "paused"));
    }

    /** Has so many messages be ready, sent by a client of another language, as it were. */
    public void fill(String queue, int count, int size) {
        fill(queue, "m", count, size);
    }

    /** As {@link #fill(String, int, int)}, with ids that begin so. */
    public void fill(String queue, String prefix, int count, int size) {
        String body = "x".repeat(size);
        for (int from = 0; from < count; from += AT_A_TIME) {
            List<Object[]> commands = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + AT_A_TIME); i++) {
                commands.add(new Object[] {"SET", key(queue, "message:" + prefix + i), body});
                commands.add(new Object[] {"LPUSH", key(queue, "ready"), prefix + i});
            }
            redis.callAll(commands);
        }
    }

    /** Waits until nothing of a queue is under way. */
    public void awaitIdle(String queue) {
        Awaitility.await().atMost(IDLE).until(() -> (Long) redis.call("ZCARD", key(queue, "processing")) == 0);
    }

    /** Forgets all messages of all queues. */
    public void clear() {
        redis.call("FLUSHALL");
    }

    /** How often it has read from sockets: round trips, but for what is too long for one read, 16 KiB. */
    public long requests() {
        return Long.parseLong(info("stats", "total_reads_processed"));
    }

    public Duration processorTime() {
        double seconds =
                Double.parseDouble(info("cpu", "used_cpu_sys")) + Double.parseDouble(info("cpu", "used_cpu_user"));
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    /** How long its scripts have taken on the average since its statistics were reset. */
    public double microsAScript() {
        return Double.parseDouble(
                info("commandstats", "cmdstat_evalsha").replaceFirst(".*usec_per_call=([0-9.]+).*", "$1"));
    }

    private String info(String section, String name) {
        String info = (String) redis.call("INFO", section);
        return info.lines()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }

    private static String key(String queue, String name) {
        return "rq:{" + queue + "}:" + name;
    }

    @Override
    public void close() {
        redis.close();
    }
}
