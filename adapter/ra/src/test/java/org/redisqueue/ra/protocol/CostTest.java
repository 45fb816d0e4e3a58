// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.leases;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** The cost of an operation: the commands that it runs, as Redis counts them. */
class CostTest {

    /** The commands that take constant or logarithmic time; for EVALSHA, without the commands of the script. */
    private static final List<String> LOGARITHMIC_AT_MOST = List.of(
            "blmove",
            "evalsha",
            "exists",
            "get",
            "hdel",
            "hexists",
            "hget",
            "hincrby",
            "hlen",
            "hmget",
            "hset",
            "llen",
            "lpush",
            "lrange",
            "ltrim",
            "mget",
            "mset",
            "renamenx",
            "rpush",
            "psetex",
            "sadd",
            "scard",
            "set",
            "strlen",
            "time",
            "type",
            "unlink",
            "zadd",
            "zcard",
            "zmscore",
            "zrange",
            "zrem",
            "zscore");

    private static TestRedis redis;
    private static RedisClient client;

    private final TestQueue queue = TestQueue.create(redis, TestQueue.operationsOf(client));

    @BeforeAll
    static void start() {
        redis = TestRedis.start();
        client = RedisClient.acquire(TestProperties.of(redis));
        TestQueue warmUp = TestQueue.create(redis, TestQueue.operationsOf(client));
        cycle(warmUp, "warm-up");
    }

    @AfterAll
    static void stop() {
        client.release();
        redis.close();
    }

    @Test
    void costDoesNotDependOnTheNumberOfMessages() {
        cycle(queue, "first"); // leaves a message that has failed: from now on there are counts to be deleted
        fill(10);
        Map<String, Long> few = countedDuring("few");

        fill(10_000);
        Map<String, Long> many = countedDuring("many");

        assertThat(many).isEqualTo(few);
        assertThat(few.keySet()).isSubsetOf(LOGARITHMIC_AT_MOST);
        assertThat(few).containsKey("zrem").containsKey("unlink");
    }

    @Test
    void acknowledgingOneMessageTakesFewCommands() {
        Lease lease = queue.held("m1");
        redis.call("CONFIG", "RESETSTAT");

        queue.acknowledge(lease);

        assertThat(counts())
                .isEqualTo(Map.of(
                        "evalsha", 1L, "get", 1L, "time", 1L, "zmscore", 1L, "exists", 1L, "psetex", 1L, "zrem", 1L,
                        "unlink", 1L));
    }

    @Test
    void acknowledgingHeadsOfGroupsTakesFewCommands() {
        List<SendRequest> sent = new ArrayList<>(List.of(queue.message("plain")));
        for (int i = 0; i < 8; i++) { // four groups, of which two have a second message, and one a third
            String group = i < 4 ? "g" + i : i < 6 ? "g" + (i - 4) : "g0";
            sent.add(new SendRequest(
                    queue.name, "m" + i, new byte[] {1}, 0, new SendOptions(0, 0, null, i == 7 ? "later" : group)));
        }
        result(queue.operations().send(sent));
        List<Lease> heads = leases(queue.claim(5));
        redis.call("CONFIG", "RESETSTAT");

        queue.acknowledge(heads.toArray(Lease[]::new));

        assertThat(counts())
                .containsOnlyKeys(
                        "evalsha", "get", "time", "zmscore", "exists", "psetex", "zrem", "unlink", "hmget", "zrange",
                        "hset", "lpush", "hdel")
                .containsAllEntriesOf(
                        Map.of("hmget", 3L, "zrange", 4L, "hset", 1L, "hdel", 2L, "lpush", 1L, "zrem", 2L));
        assertThat(queue.ready()).containsExactlyInAnyOrder("m4", "m5", "m7");
        assertThat(queue.waiting()).containsExactly("m6");
    }

    /** Adds this number of messages in processing, of dead letters, and of ready messages. */
    private void fill(int count) {
        for (int i = 0; i < 3; i++) {
            for (int from = 0; from < count; from += 1_000) {
                String prefix = "fill-" + count + "-" + i + "-";
                String[] ids = IntStream.range(from, Math.min(count, from + 1_000))
                        .mapToObj(number -> prefix + number)
                        .toArray(String[]::new);
                queue.send(ids);
            }
        }
        for (int claimed = 0; claimed < count; claimed += 1_000) {
            assertThat(queue.claim(Math.min(count, 1_000)).messages()).isNotEmpty();
        }
        List<Object> dead = new ArrayList<>(List.of("ZADD", queue.key("dead")));
        for (int i = 0; i < count; i++) {
            dead.addAll(List.of("1", "dead-" + i));
        }
        redis.call(dead.toArray());
    }

    private Map<String, Long> countedDuring(String id) {
        redis.call("CONFIG", "RESETSTAT");
        cycle(queue, id);
        return counts();
    }

    /** The whole life of a message. */
    private static void cycle(TestQueue queue, String id) {
        queue.send(id + "-1", id + "-2", id + "-3", id + "-4");
        List<Lease> leases = leases(queue.claim(4));
        queue.renew(leases.get(0));
        result(queue.operations().acknowledge(leases.subList(0, 1), queue.messages(id + "-5")));
        queue.redeliver(leases.get(1), TestQueue.LEASE, 9);
        queue.release(leases.get(2));
        queue.prepare(id, leases.subList(3, 4), queue.message(id + "-6"));
        queue.commit(id);
    }

    private static Map<String, Long> counts() {
        Map<String, Long> counts = new TreeMap<>();
        ((String) redis.call("INFO", "commandstats")).lines().forEach(line -> {
            if (line.startsWith("cmdstat_")) {
                String command = line.substring("cmdstat_".length(), line.indexOf(':'));
                if (!command.startsWith("config") && !command.equals("info") && !command.equals("ping")) {
                    counts.put(command, Long.valueOf(line.replaceFirst(".*:calls=(\\d+),.*", "$1")));
                }
            }
        });
        return counts;
    }
}
