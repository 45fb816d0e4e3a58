// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.RunAsClient;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.as.arquillian.api.ContainerResource;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.shrinkwrap.api.spec.EnterpriseArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.IdleBean;
import org.redisqueue.it.app.IdleListener;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.TestedServer;
import org.redisqueue.it.wildfly.Server;
import org.redisqueue.it.wildfly.ServerProcess;
import org.redisqueue.ra.testing.TestRedis;

/** Deliveries a second to a message-driven bean and to a CDI bean, in turn: measures, and asserts nothing. */
@Tag("benchmark")
@ExtendWith(ArquillianExtension.class)
@RunAsClient
class CdiBenchmarkIT {

    private static final String MESSAGE_DRIVEN = "idle-listener";
    private static final int MESSAGES = 40_000;
    private static final int AT_A_TIME = 500;
    private static final int WARM_UP = 3;
    private static final int ROUNDS = 11;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** What was measured of one queue in one round. */
    private record Measurement(double deliveriesASecond, double serverMicrosADelivery) {}

    @ContainerResource
    private ManagementClient management;

    @Test
    void deliveries_a_second() throws IOException {
        Server server = new Server(management);
        TestedServer.current().undeployAdapter();
        Beans beans = Beans.of(Archives.IN_EAR).consuming(MESSAGE_DRIVEN, IdleListener.class);
        EnterpriseArchive application = Archives.ear(Archives.rar(), Archives.withCdi(Archives.war(beans)))
                .addAsLibrary(Archives.CDI_EXTENSION);
        List<Measurement> messageDriven = new ArrayList<>();
        List<Measurement> cdi = new ArrayList<>();
        server.deploy(application);
        try {
            for (int round = 0; round < WARM_UP + ROUNDS; round++) {
                Measurement first = measure(server.process(), MESSAGE_DRIVEN);
                Measurement second = measure(server.process(), IdleBean.QUEUE);
                if (round >= WARM_UP) {
                    messageDriven.add(first);
                    cdi.add(second);
                }
            }
        } finally {
            server.undeploy(application.getName());
        }
        String report = String.format(
                Locale.ROOT,
                "%d rounds in turn of %,d messages of 200 bytes, 15 listeners, one phase%n%s%n%s%n",
                ROUNDS,
                MESSAGES,
                compare("deliveries a second", messageDriven, cdi, Measurement::deliveriesASecond),
                compare("µs of the server's CPU a delivery", messageDriven, cdi, Measurement::serverMicrosADelivery));
        System.out.println(report);
        Files.writeString(Path.of("target", "cdi-benchmark.txt"), report);
    }

    /** From a tenth of the messages to nine tenths. */
    private static Measurement measure(ServerProcess process, String name) {
        Queue queue = new Queue(TestRedis.shared()::call, name);
        queue.call("SET", queue.key("paused"), "1");
        for (int from = 0; from < MESSAGES; from += AT_A_TIME) {
            TestRedis.shared()
                    .callAll(IntStream.range(from, from + AT_A_TIME)
                            .boxed()
                            .flatMap(number -> Stream.of(
                                    new Object[] {"SET", queue.key("message:" + number), "x".repeat(200)},
                                    new Object[] {"LPUSH", queue.key("ready"), number.toString()}))
                            .toList());
        }
        queue.call("DEL", queue.key("paused"));
        awaitReady(queue, MESSAGES * 9 / 10);
        Duration used = process.processorTime();
        long start = System.nanoTime();
        awaitReady(queue, MESSAGES / 10);
        long nanos = System.nanoTime() - start;
        used = process.processorTime().minus(used);
        await().atMost(PATIENCE).until(() -> queue.keys().isEmpty());
        double deliveries = MESSAGES * 0.8;
        return new Measurement(deliveries / (nanos / 1e9), used.toNanos() / 1e3 / deliveries);
    }

    private static String compare(
            String what, List<Measurement> messageDriven, List<Measurement> cdi, ToDoubleFunction<Measurement> value) {
        List<Double> first = messageDriven.stream().map(value::applyAsDouble).toList();
        List<Double> second = cdi.stream().map(value::applyAsDouble).toList();
        List<Double> ratios = IntStream.range(0, ROUNDS)
                .mapToObj(round -> second.get(round) / first.get(round))
                .toList();
        return String.format(
                Locale.ROOT,
                "%s: message-driven bean %s, CDI bean %s, ratio round by round %.2f (%.2f to %.2f)",
                what,
                describe(first),
                describe(second),
                median(ratios),
                Collections.min(ratios),
                Collections.max(ratios));
    }

    private static void awaitReady(Queue queue, int atMost) {
        await().atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> (Long) queue.call("LLEN", queue.key("ready")) <= atMost);
    }

    private static String describe(List<Double> values) {
        return String.format(
                Locale.ROOT, "%.0f (%.0f to %.0f)", median(values), Collections.min(values), Collections.max(values));
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
