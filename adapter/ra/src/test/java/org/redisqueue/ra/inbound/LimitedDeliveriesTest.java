// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.inbound.LimitedProcess.Claim;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.QueueSetting;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** Several servers keep to the limits of a queue together, with a real Redis. */
@Tag("alone")
class LimitedDeliveriesTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int SERVERS = 3;

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final RedisClient client = RedisClient.acquire(TestProperties.of(redis));
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<LimitedServer> servers = new ArrayList<>();
    private final List<LimitedProcess> processes = new ArrayList<>();
    private final Set<String> delivered = ConcurrentHashMap.newKeySet();
    private final AtomicInteger deliveries = new AtomicInteger();
    private final AtomicInteger active = new AtomicInteger();
    private final AtomicInteger mostActive = new AtomicInteger();

    @AfterEach
    void stop() {
        processes.forEach(LimitedProcess::close);
        servers.forEach(server -> server.dispatcher.stop());
        servers.forEach(server -> server.dispatcher.drain(10_000));
        threads.shutdownNow();
        timer.shutdownNow();
        client.release();
    }

    /** Starts a server whose listener needs this time for a message. */
    private LimitedServer start(long workMillis) {
        LimitedServer server = new LimitedServer(
                queue.name(),
                client,
                timer,
                threads,
                () -> {
                    mostActive.accumulateAndGet(active.incrementAndGet(), Math::max);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(workMillis));
                    active.decrementAndGet();
                },
                id -> {
                    delivered.add(id);
                    deliveries.incrementAndGet();
                });
        servers.add(server);
        server.dispatcher.start();
        return server;
    }

    private void limit(QueueSetting setting, String value) {
        new QueueOperations(client, timer)
                .settings()
                .change(queue.name(), setting, value)
                .join();
    }

    private void send(int from, int messages) {
        List<SendRequest> requests = IntStream.range(from, from + messages)
                .mapToObj(i -> new SendRequest(queue.name(), "m" + i, new byte[0], 0))
                .toList();
        new QueueOperations(client, timer).send(requests).join();
    }

    /** In every period, at most as many messages are claimed as the rate and a burst permit. */
    private static void assertRate(List<Claim> claims, double perSecond, double burst) {
        List<Claim> all = claims.stream()
                .filter(claim -> claim.messages() > 0)
                .sorted(Comparator.comparing(Claim::repliedNanos))
                .toList();
        for (Claim first : all) {
            int claimed = 0;
            for (Claim last : all) {
                if (last.sentNanos() >= first.sentNanos()) { // Redis has executed it in this period
                    claimed += last.messages();
                    double seconds = (last.repliedNanos() - first.sentNanos()) / 1e9;
                    assertThat((double) claimed)
                            .as("messages in " + seconds + " s")
                            .isLessThanOrEqualTo(1 + burst + seconds * perSecond);
                }
            }
        }
    }

    /** Lasts for three seconds, with {@code -Psoak} for a minute. */
    @Test
    void processesKeepToTheRateTogether() {
        int seconds = Integer.getInteger("limits.seconds", 3);
        int rate = 100;
        limit(QueueSetting.RATE_LIMIT, rate + "/s");
        int backlog = rate * seconds * 2;
        for (int i = 0; i < backlog; i += 100) {
            send(i, 100);
        }
        IntStream.range(0, SERVERS).forEach(i -> processes.add(new LimitedProcess(redis.address(), queue.name())));
        processes.forEach(LimitedProcess::awaitReady);

        long start = System.nanoTime();
        processes.forEach(LimitedProcess::begin);
        await().atMost(LONG.plusSeconds(seconds))
                .pollInterval(Duration.ofMillis(1))
                .until(() -> System.nanoTime() - start >= TimeUnit.SECONDS.toNanos(seconds));
        long end = System.nanoTime();
        List<List<Claim>> claims = processes.stream()
                .map(LimitedProcess::end) // what the first one returns may be claimed again by the others
                .map(all -> all.stream()
                        .filter(claim -> claim.repliedNanos() <= end)
                        .toList())
                .toList();

        double elapsed = (end - start) / 1e9;
        List<Claim> all = claims.stream().flatMap(List::stream).toList();
        int claimed = all.stream().mapToInt(Claim::messages).sum();
        List<Integer> calls = claims.stream().map(List::size).toList();
        System.out.printf(
                "%d processes, %s s: %d messages, claims of each process %s%n", SERVERS, elapsed, claimed, calls);
        int burst = rate / 4;
        double missing = seconds >= 60 ? 0.01 * rate * seconds : 0.1 * rate * seconds; // the short form may have stalls
        assertThat((double) claimed).isBetween(rate * seconds - missing, rate * elapsed + burst + 1);
        assertRate(all, rate, burst);
        assertThat(claims).allMatch(own -> own.stream().anyMatch(claim -> claim.messages() > 0));
        assertThat(calls).allMatch(count -> count <= 10 * elapsed + 5);
    }

    @Test
    void messagesThatArriveNowAndThenAreDeliveredAtOnce() {
        limit(QueueSetting.RATE_LIMIT, "100/s");
        for (int i = 0; i < SERVERS; i++) {
            start(0);
        }
        for (int i = 0; i < 30; i++) {
            String id = "m" + i;
            send(i, 1);
            await().atMost(Duration.ofSeconds(2)).until(() -> delivered.contains(id));
        }
        assertThat(queue.ready()).isEmpty();
    }

    @Test
    void serversKeepToTheConcurrencyTogether() {
        limit(QueueSetting.MAX_QUEUE_CONCURRENCY, "4");
        send(0, 200);

        for (int i = 0; i < SERVERS; i++) {
            start(5);
        }

        await().atMost(LONG).until(() -> delivered.size() == 200);
        assertThat(mostActive.get()).isBetween(2, 4);
        assertThat(deliveries.get()).isEqualTo(200);
    }

    @Test
    void serverThatStopsLeavesItsPlaceToAnother() {
        limit(QueueSetting.MAX_QUEUE_CONCURRENCY, "1");
        send(0, 3);
        LimitedServer first = start(0);
        await().atMost(LONG).until(() -> delivered.size() == 3);
        LimitedServer second = start(0);
        first.dispatcher.stop();

        send(3, 20);

        await().atMost(LONG).until(() -> delivered.size() == 23);
        assertThat(second.claims().stream()
                        .mapToInt(LimitedServer.Claim::messages)
                        .sum())
                .isEqualTo(20);
    }

    @Test
    void changedLimitsApplyWithinASecond() {
        limit(QueueSetting.RATE_LIMIT, "1/h");
        send(0, 100);
        start(0);
        await().atMost(LONG).until(() -> delivered.size() == 1);

        limit(QueueSetting.RATE_LIMIT, "none");

        await().atMost(Duration.ofSeconds(5)).until(() -> delivered.size() == 100);
    }

    @Test
    void noMessageIsLeftBehindByServersThatPauseAndStop() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        limit(QueueSetting.RATE_LIMIT, "200/s");
        limit(QueueSetting.MAX_QUEUE_CONCURRENCY, "3");
        List<LimitedServer> running = new ArrayList<>();
        for (int i = 0; i < SERVERS; i++) {
            running.add(start(random.nextInt(5)));
        }
        int sent = 0;
        for (int round = 0; round < 40; round++) {
            int chosen = random.nextInt(SERVERS);
            switch (random.nextInt(4)) {
                case 0 -> running.get(chosen).dispatcher.pause();
                case 1 -> running.get(chosen).dispatcher.resume();
                case 2 -> {
                    running.get(chosen).dispatcher.stop();
                    running.set(chosen, start(random.nextInt(5)));
                }
                default -> {
                    int messages = 1 + random.nextInt(8);
                    send(sent, messages);
                    sent += messages;
                }
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(40)));
        }
        running.get(0).dispatcher.resume(); // the others may be paused

        int all = sent;
        await("seed " + seed).atMost(LONG).until(() -> delivered.size() == all);
        assertThat(deliveries.get()).isEqualTo(all);
        assertThat(queue.ready()).isEmpty();
        assertThat(mostActive.get()).isLessThanOrEqualTo(3);
    }
}
