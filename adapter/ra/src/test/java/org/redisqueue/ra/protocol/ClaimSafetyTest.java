// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.redisqueue.ra.protocol.TestQueue.ids;
import static org.redisqueue.ra.protocol.TestQueue.leases;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Claims, renewals and releases lose no message, whatever data Redis contains and whatever commands it refuses. */
class ClaimSafetyTest {

    private static final String PASSWORD = "of-the-user";
    private static final int DUE = 15;

    private static TestRedis redis;
    private static RedisClient client;

    private final TestQueue queue = TestQueue.create(redis, TestQueue.operationsOf(client));

    @BeforeAll
    static void start() {
        redis = TestRedis.start();
        redis.call("ACL", "SETUSER", "orders", "on", ">" + PASSWORD, "~*", "+@all");
        TestProperties properties = TestProperties.of(redis);
        properties.setUser("orders");
        properties.setPassword(PASSWORD);
        client = RedisClient.acquire(properties);
    }

    @AfterAll
    static void stop() {
        client.release();
        redis.close();
    }

    @BeforeEach
    void allowEverything() {
        redis.call("ACL", "SETUSER", "orders", "+@all");
    }

    private List<String> due() {
        String[] ids = IntStream.range(0, DUE).mapToObj(i -> "due" + i).toArray(String[]::new);
        queue.held(ids).forEach(queue::letTimePass);
        return List.of(ids);
    }

    @ParameterizedTest
    @CsvSource({
        "failures,abc",
        "failures,3000000000",
        "failures,9223372036854775807",
        "failures,-7",
        "failures,nan",
        "failures,1e400",
        "failures,2.5",
        "abandoned,abc",
        "abandoned,-9223372036854775808",
        "abandoned,2.5"
    })
    void malformedCountDoesNotPreventClaims(String counts, String value) {
        List<String> ids = due();
        queue.call("HSET", queue.key(counts), "due7", value);

        ClaimResult claim = queue.claim(DUE);

        assertThat(ids(claim)).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(claim.messages()).allSatisfy(message -> {
            assertThat(message.failures()).isBetween(0, 1_000_000);
            assertThat(message.abandoned()).isBetween(1, 1_000_000);
            assertThat(message.deliveryCount()).isPositive();
        });
        assertThat(queue.acknowledge(leases(claim).toArray(Lease[]::new)).done())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"9223372036854775807", "3000000000", "1e400"})
    void hugeAbandonedCountDeadLettersOnlyItsMessage(String value) {
        List<String> ids = new ArrayList<>(due());
        queue.call("HSET", queue.key("abandoned"), "due7", value);

        ClaimResult claim = queue.claim(DUE);

        ids.remove("due7");
        assertThat(ids(claim)).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(queue.dead()).containsExactly("due7");
        assertThat(queue.exists("due7")).isTrue();
    }

    @Test
    void reusedTokenKeepsItsMessages() {
        queue.send("m1");
        claimUnder("worker");
        queue.letTimePass(new Lease(queue.name, "m1", "worker", 0));

        Object second = claimUnder("worker");

        assertThat(second.toString()).contains("m1");
        assertThat(queue.processing()).containsOnlyKeys("m1 worker");
        assertThat(queue.exists("m1")).isTrue();
    }

    @Test
    void reservedTokenIsRefused() {
        queue.send("m1");

        assertThat(catchThrowable(() -> claimUnder("-"))).hasMessageContaining("argument 2");

        assertThat(queue.ready()).containsExactly("m1");
    }

    @Test
    void duplicateReadyIdIsClaimedOnceWithoutTheRightToUndo() {
        queue.send("m1");
        queue.call("LPUSH", queue.key("ready"), "m1");
        redis.call("ACL", "SETUSER", "orders", "-zrem");

        ClaimResult claim = queue.claim(10);

        assertThat(ids(claim)).containsExactly("m1");
        assertThat(queue.ready()).isEmpty();
        assertThat(queue.processing()).hasSize(1);
    }

    private Object claimUnder(String token) {
        ScriptCall call = new ScriptCall(
                Script.CLAIM,
                Stream.of(
                                "ready",
                                "processing",
                                "dead",
                                "failures",
                                "abandoned",
                                "errors",
                                "paused",
                                "expiry",
                                "arrived")
                        .map(queue::key)
                        .toList(),
                List.of(DUE, token, 600_000, queue.key("message:"), 5, 1_000, 1_000, "drop", 0));
        return queue.call(call.words((String) queue.call("SCRIPT", "LOAD", Script.CLAIM.source())));
    }

    /** All commands that the three scripts call, and some that they do not call. */
    static Stream<String> commands() {
        return Stream.of(
                "exists", "get", "hdel", "hget", "hincrby", "hlen", "hmget", "hset", "llen", "lrange", "ltrim", "mget",
                "persist", "pttl", "rpop", "rpush", "set", "strlen", "time", "type", "unlink", "zadd", "zcard",
                "zmscore", "zrange", "zrem", "zscore");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void claimWithADeniedCommandIsAllOrNothing(String command) {
        everyCase();
        Map<String, Object> before = queue.everything();
        redis.call("ACL", "SETUSER", "orders", "-" + command);

        ClaimResult claim = null;
        try {
            claim = queue.claim(100);
        } catch (RedisCallException e) {
            assertThat(e.outcomeUnknown()).isFalse();
        }

        if (claim == null) {
            assertThat(queue.everything()).isEqualTo(before);
            assertThat((Long) redis.call("PTTL", queue.key("message:large"))).isPositive();
        } else {
            assertThat(claim.expired()).isEqualTo(1);
            Set<String> places = new HashSet<>(ids(claim));
            places.addAll(queue.dead());
            assertThat(places).hasSize(DUE + 7);
        }
    }

    /** Keys with which a claim calls each of its commands. */
    private void everyCase() {
        due();
        queue.call("HSET", queue.key("failures"), "due3", "2");
        queue.call("HSET", queue.key("abandoned"), "due4", "9", "due5", "1", "large", "1", "gone", "1");
        queue.send("new1", "new2", "expired", "new3", "gone", "deadline");
        queue.call("DEL", queue.key("message:gone"));
        queue.expireIn("expired", -1);
        queue.expireIn("deadline", 60_000);
        queue.call("SET", queue.key("message:large"), "x".repeat(TestQueue.MAX_BYTES + 1), "PX", 60_000);
        queue.call("HSET", queue.key("message:odd"), "of", "another type");
        queue.call("LPUSH", queue.key("ready"), "large", "odd", "bad id");
    }

    @ParameterizedTest
    @MethodSource("commands")
    void releaseWithADeniedCommandIsAllOrNothing(String command) {
        queue.send("m1", "m2", "m3");
        queue.expireIn("m2", 60_000);
        Lease[] leases = leases(queue.claim(3)).toArray(Lease[]::new);
        Map<String, Object> before = queue.everything();
        redis.call("ACL", "SETUSER", "orders", "-" + command);

        try {
            assertThat(queue.release(leases)).isEqualTo(3);
            assertThat(queue.ready()).containsExactly("m1", "m2", "m3");
        } catch (RedisCallException e) {
            assertThat(queue.everything()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("commands")
    void renewalWithADeniedCommandIsAllOrNothing(String command) {
        List<Lease> leases = queue.held("m1", "m2");
        leases.forEach(queue::letTimePass);
        Map<String, Object> before = queue.everything();
        redis.call("ACL", "SETUSER", "orders", "-" + command);

        try {
            assertThat(queue.renew(leases.toArray(Lease[]::new))).isEmpty();
            assertThat(queue.processing().values()).allMatch(due -> due > 1);
        } catch (RedisCallException e) {
            assertThat(queue.everything()).isEqualTo(before);
        }
    }

    @Test
    void moreThanEightThousandMessagesAreReleasedAndRenewedAtOnce() {
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            int part = i;
            queue.send(IntStream.range(0, 1_000)
                    .mapToObj(number -> "m" + part + "-" + number)
                    .toArray(String[]::new));
            leases.addAll(leases(queue.claim(1_000)));
        }

        assertThat(queue.renew(leases.toArray(Lease[]::new))).isEmpty();
        assertThat(queue.release(leases.toArray(Lease[]::new))).isEqualTo(9_000);
        assertThat(queue.ready().get(0)).isEqualTo("m0-0");
        assertThat(queue.ready().get(8_999)).isEqualTo("m8-999");
    }
}
