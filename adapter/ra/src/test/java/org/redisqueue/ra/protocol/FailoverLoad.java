// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Sends messages to several queues, and consumes them in one and in two phases. The transaction of each sends its result to
 * one of the queues, perhaps in another slot, for a time after the test. The consumers belong to servers that can die at any
 * moment.
 */
final class FailoverLoad implements AutoCloseable {

    private static final int SERVERS = 2;
    private static final long LEASE_MILLIS = 5_000;
    private static final long RECOVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RESULT_DELAY_MILLIS = 86_400_000;

    private final TestProperties properties;
    private final List<Load> loads;
    private final Random random;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Server> servers = new ArrayList<>();
    private final Server sender;
    private final List<CompletableFuture<Void>> senders;

    /** The branches that the transaction managers have decided to commit. */
    private final Set<String> committing = ConcurrentHashMap.newKeySet();

    private final Set<String> dead = ConcurrentHashMap.newKeySet();
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final AtomicLong serial = new AtomicLong();
    private volatile boolean sending = true;
    private volatile boolean consuming = true;

    /** A queue, and the number of its messages that were consumed. */
    private record Load(String queue, AtomicLong done) {}

    /** @param properties of the connections */
    FailoverLoad(TestProperties properties, int queues, long seed) {
        this.properties = properties;
        this.random = new Random(seed);
        this.loads = IntStream.range(0, queues)
                .mapToObj(i -> new Load("load-" + i, new AtomicLong()))
                .toList();
        this.sender = new Server("sender");
        this.senders = loads.stream()
                .map(load -> CompletableFuture.runAsync(() -> send(load), threads))
                .toList();
        IntStream.range(0, SERVERS).forEach(i -> startServer());
        threads.execute(this::recover);
    }

    /** An adapter with its own connections. */
    private final class Server {

        private final RedisClient client;
        private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        private final QueueOperations operations;
        private final String name;
        private volatile boolean dead;

        Server(String name) {
            this.name = name;
            TestProperties own = TestProperties.at(properties.getAddresses());
            own.setMode(properties.getMode());
            own.setMasterName(properties.getMasterName());
            own.setWaitReplicas(properties.getWaitReplicas());
            own.setWaitReplicasTimeout(properties.getWaitReplicasTimeout());
            own.setResponseTimeout(properties.getResponseTimeout());
            own.setClientName(name);
            client = RedisClient.acquire(own);
            operations = new QueueOperations(client, timer);
            long scan = QueueOperations.FORWARDING_INTERVAL.toMillis();
            timer.scheduleWithFixedDelay(operations::forwardLeft, scan, scan, TimeUnit.MILLISECONDS);
        }

        /** Ends without finishing anything. */
        void die() {
            dead = true;
            operations.close();
            client.release();
            timer.shutdownNow();
        }
    }

    private void startServer() {
        Server server = new Server("server-" + serial.incrementAndGet());
        synchronized (servers) {
            servers.add(server);
        }
        for (Load load : loads) {
            Random own = new Random(random.nextLong());
            threads.submit(() -> {
                while (consuming && !server.dead) {
                    consume(server, load, own);
                }
            });
        }
    }

    /** Kills a server, whose branches another one recovers. */
    void killServer() {
        Server killed;
        synchronized (servers) {
            killed = servers.remove(random.nextInt(servers.size()));
        }
        killed.die();
        startServer();
        dead.add(killed.name);
    }

    /** Recovers the branches of dead servers again and again: a call of such a server may still arrive. */
    private void recover() {
        while (consuming) {
            dead.forEach(this::recover);
            LockSupport.parkNanos(RECOVERY_NANOS);
        }
    }

    private void recover(String server) {
        try {
            QueueOperations operations = other().operations;
            for (var branch :
                    operations.recover().get(10, TimeUnit.SECONDS).homes().entrySet()) {
                for (String home : branch.getValue()) {
                    if (branch.getKey().startsWith(server + "/")) {
                        CompletableFuture<BranchEndResult> end = committing.contains(branch.getKey())
                                ? operations.commit(branch.getKey(), home, true)
                                : operations.rollback(branch.getKey(), home, true, 0);
                        end.get(2, TimeUnit.MINUTES);
                    }
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            return; // the next attempt follows
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Server other() {
        synchronized (servers) {
            return servers.get(0);
        }
    }

    private void send(Load load) {
        while (sending) {
            String value = load.queue + " " + serial.incrementAndGet();
            try {
                sender.operations.send(List.of(request(load.queue, value, 0))).join();
                confirmed.add(value);
            } catch (RuntimeException e) { // perhaps it was sent
            }
            pause();
        }
    }

    private static SendRequest request(String queue, String value, long delayMillis) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return new SendRequest(queue, QueueOperations.newId(), bytes, 0, new SendOptions(delayMillis, 0));
    }

    private void consume(Server server, Load load, Random own) {
        try {
            QueueOperations operations = server.operations;
            ClaimResult claim = operations
                    .claim(new ClaimRequest(load.queue, 5, LEASE_MILLIS, 1_000, TestQueue.MAX_BYTES))
                    .join();
            if (claim.messages().isEmpty()) {
                pause();
                return;
            }
            List<Lease> leases = TestQueue.leases(claim);
            List<SendRequest> results = claim.messages().stream()
                    .map(message -> request(
                            loads.get(own.nextInt(loads.size())).queue,
                            new String(message.value(), StandardCharsets.UTF_8),
                            RESULT_DELAY_MILLIS))
                    .toList();
            boolean committed = own.nextBoolean()
                    ? operations.acknowledge(leases, results).join().done()
                    : commitInTwoPhases(server, load.queue, leases, results);
            if (committed) {
                load.done.addAndGet(leases.size());
            }
        } catch (RuntimeException e) { // the messages are delivered again when their leases end
            pause();
        }
    }

    private boolean commitInTwoPhases(Server server, String home, List<Lease> leases, List<SendRequest> results) {
        String branch = server.name + "/" + serial.incrementAndGet();
        try {
            if (!server.operations.prepare(branch, home, leases, results).join().done()) {
                return false;
            }
            committing.add(branch);
        } catch (RuntimeException e) { // as a transaction manager, which does not know whether it is prepared
        }
        while (!server.dead) {
            try {
                if (committing.contains(branch)) {
                    return server.operations.commit(branch, home, false).join() == BranchEndResult.DONE;
                }
                server.operations.rollback(branch, home, false, 0).join();
                return false;
            } catch (RuntimeException e) {
                pause();
            }
        }
        return false;
    }

    private static void pause() {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
    }

    /** Waits until messages of all queues have been consumed after now. */
    void awaitDeliveries(Duration patience) {
        List<Long> before = loads.stream().map(load -> load.done.get()).toList();
        await().atMost(patience)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> IntStream.range(0, loads.size())
                        .allMatch(i -> loads.get(i).done.get() > before.get(i)));
    }

    /** Stops sending, and waits until everything has been consumed. */
    void end(Duration patience) {
        sending = false;
        senders.forEach(CompletableFuture::join);
        await().atMost(patience).ignoreExceptions().until(this::nothingIsLeft);
        consuming = false;
    }

    private boolean nothingIsLeft() {
        return loads.stream()
                .flatMap(load -> Stream.of(load.queue, OutboxName.of(load.queue)))
                .map(queue -> sender.operations.inspect(queue, 0).join().counts())
                .allMatch(found -> found.ready() + found.processing() == 0);
    }

    /** The messages whose sending was confirmed. */
    Set<String> confirmed() {
        return Set.copyOf(confirmed);
    }

    /** The results of all consumed messages. */
    List<String> results() {
        Keys keys = new Keys(properties.getKeyPrefix());
        RedissonClient redisson = sender.client.redisson();
        List<String> all = new ArrayList<>();
        for (Load load : loads) {
            redisson.<String>getScoredSortedSet(keys.scheduled(load.queue), StringCodec.INSTANCE)
                    .readAll()
                    .forEach(
                            id -> all.add(redisson.<String>getBucket(keys.message(load.queue, id), StringCodec.INSTANCE)
                                    .get()));
        }
        return all;
    }

    int deaths() {
        return dead.size();
    }

    @Override
    public void close() {
        sending = false;
        consuming = false;
        synchronized (servers) {
            servers.forEach(Server::die);
        }
        sender.die();
        threads.shutdownNow();
    }
}
