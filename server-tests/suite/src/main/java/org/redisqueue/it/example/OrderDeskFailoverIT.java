// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisqueue.it.console.ConsoleUser;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.process.Leftovers;
import org.redisqueue.launchers.process.ServerProcess;
import org.redisqueue.launchers.redis.RedisDeployment;
import org.redisqueue.launchers.redis.RedisDeployment.Kind;
import org.redisqueue.launchers.server.OrderDeskServer;
import org.redisqueue.launchers.server.ServerUser;
import org.redisqueue.ra.testing.Signal;
import org.redisqueue.ra.testing.TestRedis;

/**
 * Each accepted order is fulfilled exactly once, although masters of Redis are killed or frozen and the application server
 * is killed.
 */
@Tag("soak")
@Tag(OrderDeskCrashes.RECOVERING)
class OrderDeskFailoverIT {

    private static final int KILLS = Integer.getInteger("failover.kills", 50);
    private static final int FREEZES = Integer.getInteger("failover.freezes", 20);

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Duration RESUMPTION = Duration.ofSeconds(15);
    private static final int LONGEST_DELAY_MILLIS = 4_000;

    /** How many orders are accepted between two failures. */
    private static final int ORDERS = 30;

    /** The maximum number of orders that the order desk lists. */
    private static final int LISTED = 1_000;

    private static final List<String> PLACES =
            List.of("ready", "scheduled", "waiting", "redelivering", "delivering", "inDoubt", "dead");

    private final long seed = Long.getLong("failover.seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final int port = TestRedis.freePort();
    private final OrderDeskClient desk = new OrderDeskClient(URI.create("http://127.0.0.1:" + port));
    private final ConsoleUser operator = new ConsoleUser(desk.address().resolve("/redis-queue/"), ServerUser.OPERATOR);

    /** All orders in the database that have been listed so far, including those whose requests have failed. */
    private final Set<String> listed = new HashSet<>();

    /** How long deliveries took to resume after each failure that the server has survived. */
    private final List<Duration> resumptions = new ArrayList<>();

    private RedisDeployment redis;
    private OrderDeskServer server;
    private ServerProcess running;
    private int serverKills;

    /**
     * The masters that Sentinel watches are not frozen: with two replicas and {@code waitReplicas=1}, a master that continues
     * could confirm calls that the failover discards.
     */
    @ParameterizedTest
    @EnumSource(names = {"SENTINEL", "CLUSTER"})
    void acceptedOrdersAreFulfilledOnceAlthoughMastersAndTheServerDie(Kind kind) throws Exception {
        Path directory = Path.of("target", "failover-" + kind).toAbsolutePath();
        Directories.delete(directory);
        Files.createDirectories(directory);
        int redisPort = DeploymentPorts.first(kind);
        server = TestedServer.current().orderDesk(directory.resolve("server"), port, kind.address(redisPort));
        List<Boolean> freezes = new ArrayList<>();
        IntStream.range(0, KILLS).forEach(i -> freezes.add(false));
        IntStream.range(0, kind == Kind.CLUSTER ? FREEZES : 0)
                .forEach(i -> freezes.add(random.nextInt(freezes.size() + 1), true));

        try (RedisDeployment started = kind.start(directory, redisPort, new Leftovers(directory))) {
            redis = started;
            startServer();
            try (OrderLoad load = new OrderLoad(desk, () -> desk.send("pen"))) {
                for (boolean freeze : freezes) {
                    failOver(freeze, load);
                }
                load.end();
                assertSettled(load.accepted());
                System.out.printf(
                        "%s, seed %d: %d kills and %d freezes of masters, %d kills of the server, %d orders accepted,"
                                + " deliveries resumed after %d ms at most%n",
                        kind,
                        seed,
                        KILLS,
                        freezes.size() - KILLS,
                        serverKills,
                        load.accepted().size(),
                        resumptions.stream().mapToLong(Duration::toMillis).max().orElse(0));
            } finally {
                running.kill();
            }
        }
        assertThat(resumptions)
                .as("how long deliveries took to resume, seed %d", seed)
                .isNotEmpty()
                .allMatch(time -> time.compareTo(RESUMPTION) < 0);
    }

    private void startServer() throws Exception {
        running = server.start(EndWithJvm::add);
    }

    /** Lets a master fail, and in half of the cases the server too. */
    private void failOver(boolean freeze, OrderLoad load) throws Exception {
        awaitOrders(load);
        list();
        waiting("all servers of Redis").until(redis::isComplete);
        List<Long> masters = redis.masters();
        long master = masters.get(random.nextInt(masters.size()));
        boolean serverDies = random.nextBoolean();
        int freezeMillis = freeze ? 500 + random.nextInt(LONGEST_DELAY_MILLIS) : 0;
        if (serverDies && random.nextBoolean()) {
            running.kill();
        }
        Signal failure = freeze ? Signal.STOP : Signal.KILL;
        long since = System.nanoTime();
        failure.send(master);
        try {
            if (serverDies) {
                pass(random.nextInt(freeze ? freezeMillis : LONGEST_DELAY_MILLIS));
                running.kill();
            } else {
                pass(freezeMillis);
            }
        } finally {
            if (freeze) {
                Signal.CONT.send(master);
            }
        }
        if (serverDies) {
            serverKills++;
            startServer();
            awaitDelivery();
        } else {
            awaitDelivery();
            resumptions.add(Duration.ofNanos(System.nanoTime() - since));
        }
    }

    private static void pass(int millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private ConditionFactory waiting(String what) {
        return await(what + ", seed " + seed)
                .atMost(PATIENCE)
                .ignoreExceptionsMatching(UncheckedIOException.class::isInstance);
    }

    private void awaitOrders(OrderLoad load) {
        int wanted = load.accepted().size() + ORDERS;
        waiting("orders are accepted").until(() -> load.accepted().size() >= wanted);
    }

    /** Waits until messages pass through all queues, each of which is on another master of a cluster. */
    private void awaitDelivery() {
        String id = waiting("an order is accepted")
                .until(() -> desk.order("book"), Optional::isPresent)
                .orElseThrow();
        waiting("its receipt").until(() -> desk.isReceipted(id));
        int counted = counted();
        waiting("the statistics of further orders").until(() -> counted() > counted);
    }

    private int counted() {
        return desk.json("/sales").asJsonObject().getInt("orders");
    }

    /** Lists the orders that have been placed since the last time. */
    private void list() {
        Set<String> latest =
                desk.latest(LISTED).stream().map(order -> order.getString("id")).collect(Collectors.toSet());
        assertThat(listed.isEmpty() || latest.stream().anyMatch(listed::contains))
                .as("all orders since the last time are listed")
                .isTrue();
        listed.addAll(latest);
    }

    /** Waits until nothing remains of any transaction; then each order must have been fulfilled and counted once. */
    private void assertSettled(Set<String> accepted) {
        waiting("nothing remains").untilAsserted(() -> assertThat(remains()).isEmpty());
        list();
        assertThat(listed).as("seed %d", seed).containsAll(accepted).allMatch(desk::isReceipted);
        assertThat(counted()).as("seed %d", seed).isEqualTo(listed.size());
    }

    /** Describes the messages in queues and outboxes, and the branches in doubt. */
    private List<String> remains() {
        Stream<String> messages = operator.read("queues").asJsonArray().getValuesAs(JsonObject.class).stream()
                .filter(queue -> PLACES.stream().anyMatch(place -> queue.getInt(place) > 0))
                .map(JsonValue::toString);
        Stream<String> branches =
                operator.read("in-doubt").asJsonArray().stream().map(JsonValue::toString);
        return Stream.concat(messages, branches).toList();
    }
}
