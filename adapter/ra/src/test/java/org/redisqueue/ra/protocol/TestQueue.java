// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** A queue that belongs to one test. Calls the operations on it, and inspects its keys directly. */
final class TestQueue {

    static final int LEASE = 60_000;
    static final int MAX_ABANDONED = 3;
    static final int MAX_BYTES = 1_000;

    private static final class Shared {
        private static final QueueOperations OPERATIONS = operationsOn(TestRedis.shared());
    }

    private static final ScheduledExecutorService TIMER =
            Executors.newSingleThreadScheduledExecutor(new AdapterThreadFactory("test-timer"));

    final String name;
    private final TestRedis redis;
    private final QueueOperations operations;

    private TestQueue(String name, TestRedis redis, QueueOperations operations) {
        this.name = name;
        this.redis = redis;
        this.operations = operations;
    }

    /** A new queue on the shared server. */
    static TestQueue create() {
        return create(TestRedis.shared(), Shared.OPERATIONS);
    }

    static TestQueue create(TestRedis redis, QueueOperations operations) {
        return named("test." + UUID.randomUUID(), redis, operations);
    }

    /** A queue that exists on another server. */
    static TestQueue named(String name, TestRedis redis, QueueOperations operations) {
        return new TestQueue(name, redis, operations);
    }

    static QueueOperations operationsOn(TestRedis redis) {
        return operationsOf(RedisClient.acquire(TestProperties.of(redis)));
    }

    static QueueOperations operationsOf(RedisClient client) {
        return operationsOf(client, Lanes.PATIENCE);
    }

    /** Operations that retry calls for this long. */
    static QueueOperations operationsOf(RedisClient client, Duration patience) {
        return operationsOf(client, patience, UnaryOperator.identity());
    }

    /** Operations whose calls go through a wire of the test. */
    static QueueOperations operationsOf(RedisClient client, Duration patience, UnaryOperator<Lanes.Transport> wire) {
        return new QueueOperations(client, TIMER, patience, wire);
    }

    QueueOperations operations() {
        return operations;
    }

    /** Returns the result of a call, or throws its failure. */
    static <T> T result(CompletableFuture<T> call) {
        try {
            return call.orTimeout(20, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                cause.addSuppressed(e);
                throw cause;
            }
            throw e;
        }
    }

    SendRequest message(String id) {
        return message(id, 0);
    }

    SendRequest message(String id, long timeToLiveMillis) {
        return new SendRequest(name, id, ("value of " + id).getBytes(StandardCharsets.UTF_8), timeToLiveMillis);
    }

    /** A message that belongs to a group. */
    SendRequest grouped(String group, String id) {
        return grouped(group, id, 0, 0);
    }

    SendRequest grouped(String group, String id, long timeToLiveMillis, long delayMillis) {
        byte[] value = ("value of " + id).getBytes(StandardCharsets.UTF_8);
        return new SendRequest(name, id, value, timeToLiveMillis, new SendOptions(delayMillis, 0, null, group));
    }

    /** Sends messages that belong to a group; returns the ids of the duplicates. */
    List<String> sendGrouped(String group, String... ids) {
        List<SendRequest> sent =
                Arrays.stream(ids).map(id -> grouped(group, id)).toList();
        return result(operations.send(sent)).stream().map(SendRequest::id).toList();
    }

    List<SendRequest> messages(String... ids) {
        return Arrays.stream(ids).map(this::message).toList();
    }

    /** Sends these; returns the ids of the duplicates. */
    List<String> send(String... ids) {
        return result(operations.send(messages(ids))).stream()
                .map(SendRequest::id)
                .toList();
    }

    ClaimResult claim(int limit) {
        return claim(limit, LEASE);
    }

    ClaimResult claim(int limit, long leaseMillis) {
        return result(operations.claim(new ClaimRequest(name, limit, leaseMillis, MAX_ABANDONED, MAX_BYTES)));
    }

    ClaimResult claim(int limit, long maxTotalBytes, OnExpiry onExpiry) {
        return result(operations.claim(
                new ClaimRequest(name, limit, LEASE, MAX_ABANDONED, MAX_BYTES, maxTotalBytes, onExpiry)));
    }

    /** Sends and claims a message. */
    Lease held(String id) {
        send(id);
        return lease(claim(1));
    }

    /** Sends and claims these messages. */
    List<Lease> held(String... ids) {
        send(ids);
        return leases(claim(ids.length));
    }

    static Lease lease(ClaimResult claim) {
        return claim.messages().get(0).lease();
    }

    static List<Lease> leases(ClaimResult claim) {
        return claim.messages().stream().map(ClaimedMessage::lease).toList();
    }

    static List<String> ids(ClaimResult claim) {
        return claim.messages().stream().map(message -> message.lease().id()).toList();
    }

    AcknowledgmentResult acknowledge(Lease... leases) {
        return result(operations.acknowledge(List.of(leases), List.of()));
    }

    RedeliveryResult deadLetter(Lease lease) {
        return result(operations.deadLetter(lease, "it failed"));
    }

    RedeliveryResult redeliver(Lease lease, long delayMillis, int maxDeliveries) {
        return result(operations.redeliver(lease, delayMillis, maxDeliveries, "it failed"));
    }

    long release(Lease... leases) {
        return result(operations.release(name, List.of(leases)));
    }

    List<Lease> renew(Lease... leases) {
        return result(operations.renew(name, List.of(leases), LEASE));
    }

    List<Lease> prepare(String branch, List<Lease> consumed, SendRequest... sent) {
        PreparationResult prepared = result(operations.prepare(branch, name, consumed, List.of(sent)));
        assertThat(prepared.refused())
                .as("messages whose deduplication keys are taken")
                .isEmpty();
        return prepared.lost();
    }

    boolean commit(String branch) {
        return result(operations.commit(branch, name, false)) == BranchEndResult.DONE;
    }

    boolean rollback(String branch, long leaseMillis) {
        return result(operations.rollback(branch, name, false, leaseMillis)) == BranchEndResult.DONE;
    }

    boolean forget(String branch) {
        return result(operations.forget(branch, name));
    }

    // What is in Redis

    String key(String suffix) {
        return "rq:{" + name + "}:" + suffix;
    }

    Object call(Object... words) {
        return redis.call(words);
    }

    List<Object> callAll(List<Object[]> commands) {
        return redis.callAll(commands);
    }

    /** Whether there is a value under this id. */
    boolean exists(String id) {
        return redis.call("EXISTS", key("message:" + id)).equals(1L);
    }

    /** The ids that are ready, the next to be delivered first. */
    List<String> ready() {
        List<String> ids = texts(redis.call("LRANGE", key("ready"), "0", "-1"));
        return inOrder(ids, list("arrived"));
    }

    /** The elements of a list, from left to right. */
    List<String> list(String suffix) {
        return texts(redis.call("LRANGE", key(suffix), "0", "-1"));
    }

    /** The ids in these two lists, in the order of delivery, without wake-ups. */
    static List<String> inOrder(List<String> ready, List<String> arrived) {
        List<String> next = new ArrayList<>();
        ready.forEach(id -> next.add(0, id));
        List<String> first = new ArrayList<>();
        arrived.forEach(id -> first.add(0, id));
        first.addAll(next);
        first.removeIf(String::isEmpty);
        return first;
    }

    /** Each {@code <id> <token>} in processing with its score. */
    Map<String, Double> processing() {
        return scores("processing");
    }

    /** The time at which a message in processing is due. */
    double due(Lease lease) {
        return processing().get(lease.member());
    }

    List<String> dead() {
        return List.copyOf(scores("dead").keySet());
    }

    Map<String, String> hash(String suffix) {
        return pairs(redis.call("HGETALL", key(suffix)));
    }

    /** The ids of the messages that wait for others of their groups, by group, in sequence. */
    List<String> waiting() {
        return texts(redis.call("ZRANGE", key("waiting"), "0", "-1")).stream()
                .map(member -> member.substring(member.lastIndexOf(' ') + 1))
                .toList();
    }

    /** The ids of the ready messages with a priority, in the order of delivery. */
    List<String> prioritized() {
        return texts(redis.call("ZRANGE", key("prioritized"), "0", "-1"));
    }

    Map<String, String> heads() {
        return hash("heads");
    }

    Map<String, String> failures() {
        return hash("failures");
    }

    Map<String, String> abandoned() {
        return hash("abandoned");
    }

    Map<String, String> errors() {
        return hash("errors");
    }

    Map<String, String> prepared() {
        return hash("prepared");
    }

    /** Each id with its deadline: negative while a consumer has the message. */
    Map<String, Double> expiry() {
        return scores("expiry");
    }

    /** Each scheduled id with the time at which it is due. */
    Map<String, Double> scheduled() {
        return scores("scheduled");
    }

    /** Makes a scheduled message due. */
    void letTimeCome(String id) {
        redis.call("ZADD", key("scheduled"), "XX", "1", id);
    }

    /** Gives a message a deadline that is this far away; one that has passed if negative. */
    void expireIn(String id, long millis) {
        redis.call("ZADD", key("expiry"), Double.toString(now() + millis), id);
    }

    /** The time of the server, ms. */
    double now() {
        List<String> time = texts(redis.call("TIME"));
        return Long.parseLong(time.get(0)) * 1_000d + Math.floor(Long.parseLong(time.get(1)) / 1_000d);
    }

    /** Makes one message in processing due: its lease or its redelivery delay has ended. */
    void letTimePass(String member) {
        redis.call("ZADD", key("processing"), "XX", "1", member);
    }

    void letTimePass(Lease lease) {
        letTimePass(lease.member());
    }

    /** All keys of the queue with their contents. */
    Map<String, Object> everything() {
        Map<String, Object> found = new TreeMap<>();
        texts(redis.call("KEYS", key("*"))).forEach(key -> found.put(key, content(key)));
        return found;
    }

    private Object content(String key) {
        String type = (String) redis.call("TYPE", key);
        return switch (type) {
            case "string" -> redis.call("GET", key);
            case "list" -> redis.call("LRANGE", key, "0", "-1");
            case "zset" -> redis.call("ZRANGE", key, "0", "-1", "WITHSCORES");
            case "hash" -> new TreeMap<>(pairs(redis.call("HGETALL", key)));
            default -> type;
        };
    }

    private Map<String, Double> scores(String suffix) {
        Map<String, Double> scores = new LinkedHashMap<>();
        pairs(redis.call("ZRANGE", key(suffix), "0", "-1", "WITHSCORES"))
                .forEach((member, score) ->
                        scores.put(member, score.equals("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(score)));
        return scores;
    }

    static Map<String, String> pairs(Object reply) {
        List<String> texts = texts(reply);
        Map<String, String> pairs = new LinkedHashMap<>();
        for (int i = 0; i < texts.size(); i += 2) {
            pairs.put(texts.get(i), texts.get(i + 1));
        }
        return pairs;
    }

    static List<String> texts(Object reply) {
        return ((List<?>) reply).stream().map(String.class::cast).toList();
    }
}
