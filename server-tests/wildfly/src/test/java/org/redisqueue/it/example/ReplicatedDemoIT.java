// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.example.demo.Demo;
import org.redisqueue.it.server.Archives;
import org.redisqueue.launchers.process.Directories;
import org.redisqueue.launchers.process.EndWithJvm;
import org.redisqueue.launchers.redis.RedisDeployment;
import org.redisqueue.ra.testing.TestRedis;

/** The demo with several processes of Redis, one of which dies: orders that were accepted are fulfilled once. */
class ReplicatedDemoIT {

    private static final List<String> KINDS =
            List.of(System.getProperty("demo.kinds", "cluster").split(","));
    private static final int KILLS = Integer.getInteger("demo.kills", 1);

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Pattern MASTER = Pattern.compile("Redis master: process (\\d+)");
    private static final int ORDERS = 30;
    private static final int ALL = 1_000;

    private final int port = TestRedis.freePort();
    private final OrderDeskClient desk = new OrderDeskClient(URI.create("http://localhost:" + port));
    private Path log;

    private static Stream<String> kinds() {
        return KINDS.stream();
    }

    private List<String> output() throws IOException {
        return Files.readAllLines(log);
    }

    private List<Long> masters() throws IOException {
        return output().stream()
                .flatMap(line -> MASTER.matcher(line).results())
                .map((MatchResult master) -> Long.parseLong(master.group(1)))
                .filter(pid -> ProcessHandle.of(pid).isPresent())
                .toList();
    }

    private Process start(String kind) throws IOException {
        Directories.delete(Path.of("target", "demo-" + kind)); // the ports are different each time
        log = Path.of("target", "demo-" + kind + ".log");
        Process demo = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Ddemo.http.port=" + port,
                        "-Ddemo.redis=" + kind,
                        "-Ddemo.redis.port="
                                + DeploymentPorts.first(RedisDeployment.Kind.valueOf(kind.toUpperCase(Locale.ROOT))),
                        Demo.class.getName(),
                        Path.of("target", "demo-" + kind).toString(),
                        "wildfly",
                        System.getProperty("server.home"),
                        Archives.EXAMPLE.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        EndWithJvm.add(demo.toHandle());
        await().atMost(PATIENCE).until(() -> output().contains("Press Ctrl-C to stop.") || !demo.isAlive());
        assertThat(demo.isAlive()).as("the demo, see %s", log).isTrue();
        return demo;
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void acceptedOrdersAreFulfilledOnceAlthoughAMasterDies(String kind) throws Exception {
        Process demo = start(kind);
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (OrderLoad load = new OrderLoad(desk, () -> desk.send("pen"))) {
            for (int kill = 0; kill < KILLS; kill++) {
                awaitOrders(load);
                List<Long> masters = masters();
                long killed = masters.get(random.nextInt(masters.size()));
                ProcessHandle.of(killed).orElseThrow().destroyForcibly();
                awaitOrders(load);
                await("a process in its place")
                        .atMost(PATIENCE)
                        .until(() -> String.join("\n", output())
                                .matches("(?s).*Redis process " + killed + " has died\\..*"
                                        + "has been started in its place\\..*"));
            }
            load.end();
            assertThat(load.accepted()).hasSizeLessThan(ALL);
            for (String id : load.accepted()) {
                await("order " + id + " is receipted, seed " + seed)
                        .atMost(PATIENCE)
                        .until(() -> desk.isReceipted(id));
            }
            await("no order waits")
                    .atMost(PATIENCE)
                    .until(() -> desk.latest(ALL).stream()
                            .allMatch(order -> order.getString("status").equals("RECEIPTED")));
            desk.awaitCounted();
            System.out.printf(
                    "%s: %d deaths of masters, %d orders accepted and fulfilled once%n",
                    kind, KILLS, load.accepted().size());
        } finally {
            demo.destroy();
        }
        assertThat(demo.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(output()).endsWith("Stopping WildFly", "Stopping Redis", "Stopped.");
    }

    private static void awaitOrders(OrderLoad load) {
        int wanted = load.accepted().size() + ORDERS;
        await("orders are accepted")
                .atMost(PATIENCE)
                .until(() -> load.accepted().size() >= wanted);
    }
}
