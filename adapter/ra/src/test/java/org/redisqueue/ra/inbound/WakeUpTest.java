// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimResult;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.Leases;
import org.redisqueue.ra.protocol.PassOnResult;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.protocol.SendOptions;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.protocol.TakeBackRequest;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.RecordingObserver;
import org.redisqueue.ra.testing.RunningTime;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** A message wakes one of the consumers that wait, and the wake-up is not lost if this consumer cannot claim. */
@Tag("alone")
class WakeUpTest {

    private static final int CROWD = 100;
    private static final int MEASURED = 100;
    private static final double MAX_RATIO = 1.5; // measured: 0.97 to 1.16
    private static final int ROUNDS = Integer.getInteger("wakeup.rounds", 400);
    private static final int GROUPS = 4;
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long MAX_WAIT_MILLIS = 100;

    private final TestRedis redis = TestRedis.start();
    private final RunningTime clock = new RunningTime(redis);
    private final QueueProbe queue = QueueProbe.create(redis);
    private final RedisClient client = RedisClient.acquire(properties());
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Consumer> consumers = new ArrayList<>();
    private final AtomicInteger claims = new AtomicInteger();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();

    /** Since when messages wait to be claimed, {@link RunningTime#nanos}. */
    private final Map<String, Long> waiting = new ConcurrentHashMap<>();

    /** The consumers that have scheduled the redelivery of messages. */
    private final Map<String, Consumer> redelivering = new ConcurrentHashMap<>();

    /** The messages of each group that have not ended, in their order. */
    private final Map<String, Queue<String>> groups = new HashMap<>();

    private final Map<String, String> groupOf = new ConcurrentHashMap<>();

    /** Whether every second consumer fails on the first delivery of a message. */
    private boolean failing;

    private final Queue<String> late = new ConcurrentLinkedQueue<>();

    private TestProperties properties() {
        TestProperties properties = TestProperties.of(redis);
        properties.setPoolSize(2 * CROWD);
        return properties;
    }

    @AfterEach
    void stop() {
        consumers.forEach(consumer -> consumer.dispatcher.stop());
        threads.shutdownNow();
        timer.shutdownNow();
        client.release();
        clock.close();
        redis.close();
    }

    /** A consumer whose waits have their own connections, as if it ran on a separate server. */
    private final class Consumer implements QueueCalls {

        private final QueueOperations operations = new QueueOperations(client, timer);
        private final Leases leases = new Leases(operations, timer, 15_000, lost -> {});
        private final RedisQueueCalls calls =
                new RedisQueueCalls(queue.name(), operations.newListener("test"), operations);
        private final Dispatcher dispatcher;
        private final long workNanos;
        private final boolean fails = failing && consumers.size() % 2 == 1;
        private volatile boolean dying;
        private volatile boolean dead;

        Consumer(int concurrency, long workMillis) {
            workNanos = TimeUnit.MILLISECONDS.toNanos(workMillis);
            RedisActivationSpec spec = new RedisActivationSpec();
            spec.setMaxConcurrency(concurrency);
            spec.setPrefetch(0);
            dispatcher = new Dispatcher(
                    new ConsumerContext(
                            queue.name(),
                            new ConnectionSettings(TestProperties.of(redis)),
                            this,
                            () -> true,
                            leases,
                            timer,
                            threads,
                            new RecordingObserver().observer(),
                            new UnexpectedFailures(queue.name())),
                    spec.settings().forListener(false),
                    this::startWorkers);
            consumers.add(this);
            dispatcher.start();
        }

        private void startWorkers(int workers) {
            for (int i = 0; i < workers; i++) {
                threads.execute(() -> {
                    for (ClaimedMessage next = dispatcher.next(false); next != null; next = dispatcher.next(true)) {
                        LockSupport.parkNanos(workNanos);
                        Lease lease = next.lease();
                        if (fails && !dying && next.failures() == 0) {
                            fail(lease, ThreadLocalRandom.current().nextInt(40));
                        } else {
                            end(lease.id());
                            operations.acknowledge(List.of(lease), List.of()).join();
                            leases.drop(lease);
                            acknowledged.add(lease.id());
                        }
                    }
                });
            }
        }

        private void fail(Lease lease, long delayMillis) {
            redelivering.put(lease.id(), this);
            waiting.put(lease.id(), clock.nanos() + TimeUnit.MILLISECONDS.toNanos(delayMillis));
            operations.redeliver(lease, delayMillis, 99, "failed").join();
            leases.drop(lease);
            dispatcher.checkWithin(delayMillis);
        }

        /** Makes the consumer die at its next wake-up. Only it knows when the messages it has failed to deliver are due. */
        private void die() {
            dying = true;
            waiting.keySet().removeIf(id -> redelivering.get(id) == this);
        }

        @Override
        public CompletableFuture<?> connect() {
            return calls.connect();
        }

        @Override
        public CompletableFuture<ClaimResult> claim(ClaimRequest request) {
            claims.incrementAndGet();
            return dead
                    ? new CompletableFuture<>()
                    : calls.claim(request).whenComplete((claim, failure) -> {
                        if (failure == null) {
                            claim.messages().forEach(message -> claimed(message.lease()));
                        }
                    });
        }

        @Override
        public boolean canLook() {
            return calls.canLook();
        }

        @Override
        public CompletableFuture<Boolean> awaitFound() {
            return calls.awaitFound();
        }

        @Override
        public boolean canAwait() {
            return calls.canAwait();
        }

        /** Waits longer than a dispatcher usually does, so that it is not the end of the wait that finds a message. */
        @Override
        public CompletableFuture<Boolean> awaitReady(Duration timeout) {
            return calls.awaitReady(LONG).thenCompose(found -> {
                if (dying && found) { // any message waiting now may be the reason for the wake-up
                    dead = true;
                    waiting.clear();
                    return new CompletableFuture<>();
                }
                return CompletableFuture.completedFuture(found);
            });
        }

        @Override
        public CompletableFuture<PassOnResult> passOn(boolean dueLater) {
            return calls.passOn(dueLater);
        }

        @Override
        public CompletableFuture<Long> release(List<Lease> released) {
            released.forEach(lease -> waiting.put(lease.id(), clock.nanos()));
            return calls.release(released);
        }

        @Override
        public CompletableFuture<List<TakeBackRequest>> takeBack(List<TakeBackRequest> messages) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<RedeliveryResult> redeliver(
                Lease lease, long delayMillis, int maxDeliveries, String reason) {
            throw new UnsupportedOperationException();
        }

        @Override
        public CompletableFuture<RedeliveryResult> deadLetter(Lease lease, String reason) {
            throw new UnsupportedOperationException();
        }
    }

    private void claimed(Lease lease) {
        Long since = waiting.remove(lease.id());
        if (since != null) {
            recordIfLate(lease.id(), since);
        }
    }

    private void recordIfLate(String id, long since) {
        long millis = TimeUnit.NANOSECONDS.toMillis(clock.nanos() - since);
        if (millis > MAX_WAIT_MILLIS) {
            late.add(id + " waited " + millis + " ms");
        }
    }

    /** Whether all messages have been claimed, or one is late. */
    private boolean isSettled() {
        waiting.forEach(this::recordIfLate);
        return waiting.isEmpty() || !late.isEmpty();
    }

    private long blockedClients() {
        return ((String) redis.call("CLIENT", "LIST"))
                .lines()
                .filter(each -> each.contains(" flags=b") && each.contains(" cmd=blmove"))
                .count();
    }

    private void send(String id) {
        waiting.put(id, clock.nanos());
        queue.push(id, "value");
    }

    @Test
    void messageCausesAtMostTwoClaimsWhileAHundredConsumersWait() {
        for (int i = 0; i < CROWD; i++) {
            new Consumer(1, 0);
        }
        await().atMost(LONG).until(() -> blockedClients() == CROWD);

        for (int i = 0; i < 10; i++) {
            String id = "m" + i;
            int before = claims.get();
            send(id);
            await().until(() -> acknowledged.contains(id) && blockedClients() == CROWD);
            assertThat(claims.get() - before).isBetween(1, 2);
        }
        assertThat(queue.ready()).isEmpty();
    }

    /** The time in microseconds that Redis takes for the calls of consumers, for each of many messages. */
    private double redisMicros(int waiting) {
        redis.call("CONFIG", "RESETSTAT");
        for (int i = 0; i < MEASURED; i++) {
            String id = QueueOperations.newId();
            send(id);
            await().pollInterval(Duration.ofMillis(1)).until(() -> acknowledged.contains(id) && isWaiting(waiting));
        }
        return ((String) redis.call("INFO", "commandstats"))
                        .lines()
                        .filter(line -> line.startsWith("cmdstat_evalsha") || line.startsWith("cmdstat_blmove"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll(".*,usec=(\\d+),.*", "$1")))
                        .sum()
                / (double) MEASURED;
    }

    /** The fastest of several measurements: other work on the machine can only make them slower. */
    private double fastest(int waiting) {
        return IntStream.range(0, 5)
                .mapToDouble(i -> redisMicros(waiting))
                .min()
                .orElseThrow();
    }

    private boolean isWaiting(int number) {
        return ((String) redis.call("INFO", "clients")).contains("blocked_clients:" + number + "\r");
    }

    @Test
    void messageTakesRedisNoLongerWhileAHundredConsumersWait() {
        new Consumer(1, 0);
        await().atMost(LONG).until(() -> isWaiting(1));
        redisMicros(1);
        double one = fastest(1);
        for (int i = 1; i < CROWD; i++) {
            new Consumer(1, 0);
        }
        await().atMost(LONG).until(() -> isWaiting(CROWD));
        double hundred = fastest(CROWD);

        System.out.printf(
                "Redis time for each message: %.1f µs with one waiting consumer, %.1f µs with %d, %.2f ×%n",
                one, hundred, CROWD, hundred / one);
        assertThat(hundred).isLessThan(MAX_RATIO * one);
    }

    @Test
    void messagesThatArriveTogetherWakeAsManyConsumers() {
        for (int i = 0; i < 10; i++) {
            new Consumer(1, LONG.toMillis());
        }
        await().atMost(LONG).until(() -> blockedClients() == 10);
        List<SendRequest> messages = IntStream.range(0, 5)
                .mapToObj(i -> new SendRequest(queue.name(), "m" + i, new byte[0], 0))
                .toList();

        new QueueOperations(client, timer).send(messages).join();

        await().until(() -> blockedClients() == 5); // each of the others is busy with one message
        assertThat(queue.ready()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wakeUpOfAConsumerThatPausesOrStopsReachesAnother(boolean stops) {
        Consumer first = new Consumer(1, 0);
        await().until(() -> blockedClients() == 1);
        new Consumer(1, 0);
        await().until(() -> blockedClients() == 2);
        if (stops) {
            first.dispatcher.stop();
        } else {
            first.dispatcher.pause();
        }

        send("m1"); // wakes the consumer that has waited longest

        await().until(() -> acknowledged.contains("m1"));
        assertThat(queue.ready()).isEmpty();
    }

    private void schedule(String id, long delayMillis) {
        waiting.put(id, clock.nanos() + TimeUnit.MILLISECONDS.toNanos(delayMillis));
        send(id, new SendOptions(delayMillis, 0));
    }

    private void prioritize(String id, int priority) {
        waiting.put(id, clock.nanos());
        send(id, new SendOptions(0, 0, null, null, priority));
    }

    private void send(String id, SendOptions options) {
        SendRequest message = new SendRequest(queue.name(), id, new byte[0], 0, options);
        QueueOperations operations = consumers.get(0).operations;
        if (id.hashCode() % 2 == 0) {
            operations.send(List.of(message)).join();
        } else {
            operations
                    .prepare(id, queue.name(), List.of(), List.of(message))
                    .thenCompose(prepared -> operations.commit(id, queue.name(), false))
                    .join();
        }
    }

    /** Sends a message of a group, which waits for a consumer when the one before it has ended. */
    private void sendToGroup(String id, String group) {
        groupOf.put(id, group);
        synchronized (groups) {
            Queue<String> messages = groups.computeIfAbsent(group, name -> new ArrayDeque<>());
            messages.add(id);
            if (messages.size() == 1) {
                waiting.put(id, clock.nanos());
            }
        }
        send(id, new SendOptions(0, 0, null, group));
    }

    /** A message is about to end. */
    private void end(String id) {
        synchronized (groups) {
            Queue<String> messages = groups.getOrDefault(groupOf.getOrDefault(id, ""), new ArrayDeque<>());
            messages.remove(id);
            String next = messages.peek();
            if (next != null) {
                waiting.put(next, clock.nanos());
            }
        }
    }

    /** @param scheduling whether some messages are scheduled. Then no consumer dies, because it may have set a timer */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noMessageWaitsWhileAListenerIsIdle(boolean scheduling) {
        long seed = Long.getLong("wakeup.seed", System.nanoTime());
        Random random = new Random(seed);
        failing = true;
        new Consumer(16, 0); // always has an idle listener
        List<Consumer> others = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            others.add(new Consumer(1 + random.nextInt(2), random.nextInt(30)));
        }
        await().atMost(LONG).until(() -> blockedClients() == consumers.size());
        int sent = 0;
        for (int round = 0; round < ROUNDS && late.isEmpty(); round++) {
            int chosen = random.nextInt(others.size());
            Consumer other = others.get(chosen);
            switch (random.nextInt(12)) {
                case 0 -> other.dispatcher.pause();
                case 1 -> other.dispatcher.resume();
                case 2 -> {
                    other.dispatcher.stop();
                    others.set(chosen, new Consumer(1 + random.nextInt(2), random.nextInt(30)));
                }
                case 3 -> {
                    if (scheduling) {
                        break;
                    }
                    other.die();
                    if (other.dead) {
                        others.set(chosen, new Consumer(1, random.nextInt(30)));
                    }
                }
                default -> {
                    for (int i = random.nextInt(3); i >= 0; i--) {
                        String id = "m" + sent++;
                        switch (random.nextInt(scheduling ? 8 : 4)) {
                            case 0 -> prioritize(id, random.nextBoolean() ? 5 : -5);
                            case 1 -> sendToGroup(id, "g" + random.nextInt(GROUPS));
                            case 2, 3 -> send(id);
                            default -> schedule(id, 1 + random.nextInt(60));
                        }
                    }
                }
            }
            if (random.nextInt(3) == 0) { // no claim for a later message finds what a lost wake-up has left
                await().atMost(LONG).until(this::isSettled);
            } else {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(12_000)));
            }
        }
        assertThat(late)
                .as("repeat with -Dwakeup.seed=" + seed + "; stalls of " + clock.stalledMillis()
                        + " ms in all do not count")
                .isEmpty();
        int all = sent;
        new Consumer(1, 0); // finds what a consumer has left that died at the end
        others.forEach(other -> other.dispatcher.resume());
        await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.size() == all);
    }
}
