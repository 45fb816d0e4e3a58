// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.benchmark.process;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.awaitility.Awaitility;
import org.redisqueue.ra.testing.TestRedis;

/** A Redis server that persists the writes that it confirms. */
public final class RedisServer implements AutoCloseable {

    /** The values of {@code appendfsync}. */
    public enum Durability {
        ALWAYS,
        EVERYSEC
    }

    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final int BATCH_SIZE = 500;

    private final TestRedis redis =
            TestRedis.start("--appendonly", "yes", "--appendfsync", "always", "--auto-aof-rewrite-percentage", "0");

    public String address() {
        return redis.address();
    }

    public TestRedis client() {
        return redis;
    }

    /** Sets when Redis writes to disk. */
    public void setDurability(Durability durability) {
        redis.call("CONFIG", "SET", "appendfsync", durability.name().toLowerCase(Locale.ROOT));
    }

    public void pause(String queue) {
        redis.call("SET", key(queue, "paused"), "1");
    }

    public void resume(String queue) {
        redis.call("DEL", key(queue, "paused"));
    }

    /** Adds this number of messages to the queue, as a client in another language would. */
    public void fill(String queue, int count, int size) {
        fill(queue, "m", count, size);
    }

    /** Like {@link #fill(String, int, int)}, with a prefix for the ids. */
    public void fill(String queue, String prefix, int count, int size) {
        String body = "x".repeat(size);
        for (int from = 0; from < count; from += BATCH_SIZE) {
            List<Object[]> commands = new ArrayList<>();
            for (int i = from; i < Math.min(count, from + BATCH_SIZE); i++) {
                commands.add(new Object[] {"SET", key(queue, "message:" + prefix + i), body});
                commands.add(new Object[] {"LPUSH", key(queue, "ready"), prefix + i});
            }
            redis.callAll(commands);
        }
    }

    /** Waits until none of the queue's messages is being processed. */
    public void awaitIdle(String queue) {
        Awaitility.await().atMost(IDLE).until(() -> (Long) redis.call("ZCARD", key(queue, "processing")) == 0);
    }

    /** Deletes all messages of all queues. */
    public void clear() {
        redis.call("FLUSHALL");
    }

    /** The number of reads from sockets, which equals the number of round trips for requests of up to 16 KiB. */
    public long requests() {
        return Long.parseLong(info("stats", "total_reads_processed"));
    }

    public Duration processorTime() {
        return processorTime(redis);
    }

    /** The processor time of a server until now. */
    public static Duration processorTime(TestRedis redis) {
        double seconds = Double.parseDouble(info(redis, "cpu", "used_cpu_sys"))
                + Double.parseDouble(info(redis, "cpu", "used_cpu_user"));
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    /** The mean duration of a script call since the last reset of the statistics, in microseconds. */
    public double microsPerScript() {
        return Double.parseDouble(
                info("commandstats", "cmdstat_evalsha").replaceFirst(".*usec_per_call=([0-9.]+).*", "$1"));
    }

    private String info(String section, String name) {
        return info(redis, section, name);
    }

    private static String info(TestRedis redis, String section, String name) {
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

    /** Ends the server, and deletes its data. */
    @Override
    public void close() {
        redis.close();
        ProcessData.delete(redis.directory());
    }
}
