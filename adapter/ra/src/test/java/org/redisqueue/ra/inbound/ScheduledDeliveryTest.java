// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimResult;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.ClaimingListener;
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

/** Idle listeners deliver scheduled messages on time, even if a server dies that has set a timer. */
@Tag("alone")
class ScheduledDeliveryTest {

    private static final int MESSAGES = Integer.getInteger("lateness.messages", 1_000);
    private static final int PERIOD_MILLIS = Integer.getInteger("lateness.millis", 5_000);
    private static final long MAX_LATE_MILLIS = 50;
    private static final Duration LONG = Duration.ofSeconds(30);

    private static final int LEASE_MILLIS = 15_000;

    private final TestRedis redis = TestRedis.start();
    private final RunningTime clock = new RunningTime(redis);
    private final QueueProbe queue = QueueProbe.create(redis);
    private final RedisClient client = RedisClient.acquire(TestProperties.of(redis));
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Server> servers = new ArrayList<>();
    private final AtomicInteger claims = new AtomicInteger();
    private volatile boolean longWaits;

    /** What {@link #clock} showed at a {@link System#nanoTime}. */
    private final ConcurrentSkipListMap<Long, Long> running = new ConcurrentSkipListMap<>();

    private final Map<String, Long> due = new ConcurrentHashMap<>();

    /** How late messages were delivered, in milliseconds of running time; negative = how early, by the clock of Redis. */
    private final Map<String, Long> lateness = new ConcurrentHashMap<>();

    /** The same, including the time in which the machine stalled. */
    private final Map<String, Long> withStalls = new ConcurrentHashMap<>();

    @BeforeEach
    void recordTime() {
        timer.scheduleAtFixedRate(() -> running.put(System.nanoTime(), clock.nanos()), 0, 1, TimeUnit.MILLISECONDS);
    }

    @AfterEach
    void stop() {
        servers.forEach(server -> server.dispatcher.stop());
        threads.shutdownNow();
        timer.shutdownNow();
        client.release();
        clock.close();
        redis.close();
    }

    /** A server with a listener, which can die while it is idle. */
    private final class Server implements QueueCalls {

        private final QueueOperations operations = new QueueOperations(client, timer);
        private final ClaimingListener listener = operations.newListener("test");
        private final Leases leases = new Leases(operations, timer, LEASE_MILLIS, lost -> {});
        private final RedisQueueCalls calls = new RedisQueueCalls(queue.name(), listener, operations);
        private final Dispatcher dispatcher;
        private volatile boolean dead;

        Server() {
            RedisActivationSpec spec = new RedisActivationSpec();
            spec.setMaxConcurrency(8);
            spec.setLease(LEASE_MILLIS);
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
            servers.add(this);
            dispatcher.start();
        }

        private void startWorkers(int workers) {
            for (int i = 0; i < workers; i++) {
                threads.execute(() -> {
                    for (ClaimedMessage next = dispatcher.next(false); next != null; next = dispatcher.next(true)) {
                        Lease lease = next.lease();
                        delivered(lease);
                        operations.acknowledge(List.of(lease), List.of()).join();
                        leases.drop(lease);
                    }
                });
            }
        }

        @Override
        public CompletableFuture<?> connect() {
            return calls.connect();
        }

        @Override
        public CompletableFuture<ClaimResult> claim(ClaimRequest request) {
            claims.incrementAndGet();
            return dead ? new CompletableFuture<>() : calls.claim(request);
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

        @Override
        public CompletableFuture<Boolean> awaitReady(Duration timeout) {
            return dead ? new CompletableFuture<>() : calls.awaitReady(longWaits ? LONG : timeout);
        }

        @Override
        public CompletableFuture<PassOnResult> passOn(boolean dueLater) {
            return calls.passOn(dueLater);
        }

        @Override
        public CompletableFuture<Long> release(List<Lease> released) {
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

    private void startIdle(int number) {
        for (int i = 0; i < number; i++) {
            new Server();
        }
        await().atMost(LONG).until(() -> blockedClients() == servers.size());
    }

    private long blockedClients() {
        return ((String) redis.call("CLIENT", "LIST"))
                .lines()
                .filter(each -> each.contains(" flags=b") && each.contains(" cmd=blmove"))
                .count();
    }

    /** The servers that set a timer, in the order in which their timers end. */
    private List<String> watchers() {
        String watchers = (String) redis.call("GET", queue.key("watchers"));
        List<String> names = new ArrayList<>();
        String[] words = watchers == null ? new String[0] : watchers.split(" ");
        for (int i = 0; i < words.length; i += 3) {
            names.add(words[i]);
        }
        return names;
    }

    private Server named(String name) {
        return servers.stream()
                .filter(server -> server.operations.server().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void delivered(Lease lease) {
        long now = System.nanoTime();
        String id = lease.id();
        long millis = System.currentTimeMillis() - due.get(id);
        if (millis < 0) { // the clock of Redis decides
            millis = Math.min(0, claimedAt(lease) - due.get(id));
        }
        withStalls.put(id, millis);
        long dueNanos = now - TimeUnit.MILLISECONDS.toNanos(millis);
        Map.Entry<Long, Long> sample = running.floorEntry(dueNanos);
        long early = dueNanos - now;
        lateness.put(
                id,
                early > 0
                        ? -TimeUnit.NANOSECONDS.toMillis(early)
                        : Math.max(
                                0,
                                TimeUnit.NANOSECONDS.toMillis(
                                        clock.nanos() - (sample == null ? clock.nanos() : sample.getValue()))));
    }

    /** When a message was claimed, by the clock of Redis, in milliseconds. */
    private long claimedAt(Lease lease) {
        String leaseEnds = (String) redis.call("ZSCORE", queue.key("processing"), lease.id() + " " + lease.token());
        return Long.parseLong(leaseEnds) - LEASE_MILLIS;
    }

    private SendRequest at(String id, long millis) {
        due.put(id, millis);
        return new SendRequest(queue.name(), id, new byte[0], 0, new SendOptions(0, millis));
    }

    private SendRequest in(String id, long millis) {
        return at(id, System.currentTimeMillis() + millis);
    }

    private void send(Server by, int phases, List<SendRequest> messages) {
        if (phases == 1) {
            by.operations.send(messages).join();
        } else {
            String branch = "branch-" + messages.get(0).id();
            by.operations.prepare(branch, queue.name(), List.of(), messages).join();
            by.operations.commit(branch, queue.name(), false).join();
        }
    }

    private void awaitDelivery(String id) {
        await().atMost(LONG).until(() -> lateness.containsKey(id));
    }

    /** How late the messages up to these percentiles were, including stalls of the machine. */
    private String summary() {
        List<Long> sorted = withStalls.values().stream().sorted().toList();
        return Stream.of(50, 99, 100)
                .map(percent -> percent + "%: " + sorted.get((sorted.size() - 1) * percent / 100) + " ms")
                .collect(Collectors.joining(", "));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void idleListenerDeliversAtTheRequestedTime(int phases) {
        startIdle(1);

        send(servers.get(0), phases, List.of(in("m1", 400)));
        awaitDelivery("m1");

        assertThat(lateness.get("m1")).isBetween(0L, MAX_LATE_MILLIS);
    }

    @Test
    void laterSendMayBeDueEarlier() {
        startIdle(5);
        send(servers.get(0), 1, List.of(in("m1", 3_000)));
        await().until(() -> watchers().size() == 3 && blockedClients() == 5);

        for (int i = 2; i < 7; i++) {
            String id = "m" + i;
            send(servers.get(0), 1, List.of(in(id, 250)));
            awaitDelivery(id);
            assertThat(lateness.get(id)).as(id).isBetween(0L, MAX_LATE_MILLIS);
        }
        awaitDelivery("m1");
        assertThat(lateness.get("m1")).isBetween(0L, MAX_LATE_MILLIS);
    }

    @Test
    void anotherServerDeliversWhenTheOneDiesThatSetTheTimer() {
        startIdle(4);
        send(servers.get(0), 1, List.of(in("m1", 1_500)));
        await().until(() -> watchers().size() == 3);

        named(watchers().get(0)).dead = true;
        named(watchers().get(1)).dead = true;
        awaitDelivery("m1");

        assertThat(lateness.get("m1")).isBetween(0L, MAX_LATE_MILLIS);
    }

    @Test
    void onlyThreeServersSetATimer() {
        longWaits = true; // no claims because a wait has timed out
        startIdle(20);
        int before = claims.get();

        send(servers.get(0), 1, List.of(in("m1", 1_000)));
        awaitDelivery("m1");
        await().until(() -> blockedClients() == 20);

        assertThat(claims.get() - before)
                .as("three claims to set a timer, and three when it ends")
                .isBetween(4, 8);
    }

    @Test
    void serversThatStopTogetherAreReplaced() {
        startIdle(3);
        send(servers.get(0), 1, List.of(in("m1", 4_000)));
        await().until(() -> watchers().size() == 3);
        startIdle(2);

        servers.subList(0, 3).forEach(server -> server.dispatcher.stop());
        awaitDelivery("m1");

        assertThat(lateness.get("m1")).isBetween(0L, MAX_LATE_MILLIS);
    }

    @Test
    void stoppedServerIsReplaced() {
        startIdle(1);
        Server first = servers.get(0);
        send(first, 1, List.of(in("m1", 3_000)));
        await().until(() -> watchers().size() == 1 && blockedClients() == 1);
        startIdle(2);

        assertThat(lateness).as("the message is not due").isEmpty();
        first.dispatcher.stop();
        awaitDelivery("m1");

        assertThat(lateness.get("m1")).isBetween(0L, MAX_LATE_MILLIS);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void manyMessagesAreDeliveredOnTimeWhileServersDie(int phases) {
        long seed = Long.getLong("lateness.seed", System.nanoTime());
        Random random = new Random(seed);
        startIdle(5);
        Server sender = servers.get(0);
        long start = System.currentTimeMillis() + 500;
        List<SendRequest> messages = new ArrayList<>();
        for (int i = 0; i < MESSAGES; i++) {
            messages.add(at("m" + i, start + random.nextInt(PERIOD_MILLIS)));
        }
        for (int i = 0; i < MESSAGES; i += 100) { // not only before the period
            send(sender, phases, messages.subList(i, Math.min(MESSAGES, i + 100)));
        }
        for (int i = 1; i <= 3; i++) {
            int part = MESSAGES * i / 4;
            await().atMost(LONG.plusMillis(PERIOD_MILLIS)).until(() -> lateness.size() >= part);
            watchers().stream()
                    .filter(name -> !name.equals("-"))
                    .map(this::named)
                    .filter(server -> !server.dead)
                    .findFirst()
                    .ifPresent(server -> server.dead = true);
        }
        await().atMost(LONG.plusMillis(PERIOD_MILLIS)).until(() -> lateness.size() == MESSAGES);

        List<Long> sorted = lateness.values().stream().sorted().toList();
        long p99 = sorted.get(MESSAGES * 99 / 100);
        assertThat(sorted.get(0)).as("never early").isNotNegative();
        assertThat(p99)
                .as("with stalls: " + summary() + "; " + claims.get() + " claims; repeat with -Dlateness.seed=" + seed)
                .isLessThanOrEqualTo(MAX_LATE_MILLIS);
    }
}
