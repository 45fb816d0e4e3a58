// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.resource.ResourceException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.internal.ListenerSignature;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.outbound.RedisManagedConnectionFactory;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.testing.ThrowingEndpoint;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerActivator;

/** What the log and the dead letter state about a message that cannot be delivered. */
class DeadLetterReasonTest {

    private static final String MARKER = "MARKER-of-the-body";
    private static final Duration LONG = Duration.ofSeconds(20);

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final FakeContainer container = new FakeContainer(false, message -> {});
    private final RedisResourceAdapter adapter = new RedisResourceAdapter();
    private ListenerActivation activation;

    /** The type that a body is deserialized to. */
    public static class Order {
        public int quantity;

        public void setText(String text) {
            throw new IllegalArgumentException("not accepted: " + text);
        }
    }

    void receive(Order order) {}

    @BeforeEach
    void start() throws ResourceException {
        adapter.setAddresses(redis.address());
        adapter.start(container);
    }

    @AfterEach
    void stop() {
        activation.deactivate();
        adapter.stop();
        container.close();
    }

    private void activate(ThrowingEndpoint endpoint) throws ResourceException {
        RedisManagedConnectionFactory maker = new RedisManagedConnectionFactory();
        maker.setResourceAdapter(adapter);
        activation = ((ListenerActivator) maker.createConnectionFactory())
                .activate("Test.listener", Map.of("queue", queue.name(), "maxDeliveries", "1"), false, false, endpoint);
    }

    private String reasonOf(String id) {
        await().atMost(LONG).until(() -> queue.dead().contains(id));
        return redis.call("HGET", queue.key("errors"), id).toString();
    }

    @Test
    void textOfAnExceptionCannotForgeLines() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            activate(delivery -> {
                delivery.begin();
                throw new IllegalStateException("no stock\r\nSEVERE forged \u001b[31m\u2028\u202e" + "x".repeat(2_000));
            });
            queue.push("a", "value");

            String escaped =
                    "java.lang.IllegalStateException: no stock\\r\\nSEVERE forged \\u001b[31m\\u2028\\u202exxx";
            assertThat(reasonOf("a"))
                    .contains(escaped.replace("\\", "\\\\"))
                    .contains("x…")
                    .hasSizeLessThan(1_100);
            await().atMost(LONG).untilAsserted(() -> assertThat(log.lines()).anyMatch(line -> line.contains(escaped)));
            assertThat(log.lines()).allMatch(line -> line.chars().noneMatch(c -> c < ' '));
        }
    }

    @Test
    void noPartOfTheBodyIsLoggedOrStored() throws Exception {
        Method method = getClass().getDeclaredMethod("receive", Order.class);
        ListenerSignature signature = ListenerSignature.of(getClass(), method);
        try (CapturedLog log = new CapturedLog()) {
            activate(delivery -> signature.arguments(delivery.message()));
            queue.push("a", MARKER);
            queue.push("b", "{\"quantity\":\"" + MARKER + "\"}");
            queue.push("c", "RQ/1\r\n" + MARKER);
            queue.push("d", "RQ/1\r\nsent: " + MARKER + "\r\n\r\n");
            queue.push("e", "{\"text\":\"" + MARKER + "\"}");

            for (String id : new String[] {"a", "b", "c", "d", "e"}) {
                assertThat(reasonOf(id)).doesNotContain(MARKER);
            }
            await().atMost(LONG)
                    .until(() -> log.lines().stream()
                                    .filter(line -> line.startsWith("RQ-306"))
                                    .count()
                            == 5);
            assertThat(log.lines()).noneMatch(line -> line.contains(MARKER));
            assertThat(log.causes().stream().map(DeadLetterReasonTest::trace).collect(Collectors.joining()))
                    .doesNotContain(MARKER);
        }
    }

    @Test
    void noPartOfTheBodyIsLoggedWhenAListenerFailsToReadIt() throws Exception {
        try (CapturedLog log = new CapturedLog()) {
            activate(delivery -> {
                delivery.begin();
                delivery.message().json(Order.class);
            });
            queue.push("a", "{\"text\":\"" + MARKER + "\"}");

            assertThat(reasonOf("a")).contains("RQ-113 ").doesNotContain(MARKER);
            assertThat(log.lines()).noneMatch(line -> line.contains(MARKER));
        }
    }

    private static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }
}
