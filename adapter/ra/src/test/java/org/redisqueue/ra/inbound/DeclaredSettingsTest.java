// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import jakarta.resource.ResourceException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.testing.ThrowingEndpoint;
import org.redisqueue.spi.ListenerActivation;

/** A listener that declares settings sets those of its queue. */
class DeclaredSettingsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final String user = "limits-" + UUID.randomUUID();
    private final FakeContainer container = new FakeContainer(true, message -> {});
    private final RedisResourceAdapter adapter = new RedisResourceAdapter();
    private final List<String> delivered = new CopyOnWriteArrayList<>();
    private boolean started;

    @AfterEach
    void stop() {
        if (started) { // not if the server lacks what a test requires
            adapter.stop();
        }
        container.close();
        redis.call("ACL", "DELUSER", user);
    }

    private void start() throws ResourceException {
        adapter.setAddresses(redis.address());
        adapter.start(container);
        started = true;
    }

    private ListenerActivation activate(String... properties) {
        ThrowingEndpoint endpoint = delivery -> {
            delivery.begin();
            delivered.add(delivery.message().id());
        };
        Map<String, String> all = properties.length == 0
                ? Map.of("queue", queue.name())
                : Map.of("queue", queue.name(), properties[0], properties[1]);
        return adapter.activate(adapter, "Test.listener", all, false, false, endpoint);
    }

    private Object setting(String name) {
        return redis.call("HGET", queue.key("settings"), name);
    }

    private boolean logged(CapturedLog log, String id) {
        return log.lines().stream().anyMatch(line -> line.startsWith(id) && line.contains(queue.name()));
    }

    @Test
    void limitIsSetBeforeTheFirstMessageIsClaimed() throws ResourceException {
        start();
        for (int i = 0; i < 20; i++) {
            queue.push("m" + i, "value");
        }

        activate("rateLimit", "1/h");

        await().atMost(LONG).until(() -> delivered.size() == 1);
        assertThat(setting("rateLimit")).isEqualTo("1/h");
        await().during(Duration.ofMillis(300)).until(() -> delivered.size() == 1);
        assertThat(queue.ready()).hasSize(19);
    }

    @Test
    void limitOfAnOperatorAppliesAndTheDifferenceIsLogged() throws ResourceException {
        redis.call("HSET", queue.key("settings"), "maxQueueConcurrency", "3");
        start();
        try (CapturedLog log = new CapturedLog()) {
            activate("maxQueueConcurrency", "5");

            await().atMost(LONG).until(() -> logged(log, "RQ-336"));
            assertThat(log.lines())
                    .contains(
                            "RQ-336 Queue '" + queue.name() + "': listener 'Test.listener' declares maxQueueConcurrency"
                                    + " = 5, but the queue is set to 3, which applies. Change the setting of the queue, or the"
                                    + " property of the listener.");
        }
        assertThat(setting("maxQueueConcurrency")).isEqualTo("3");
    }

    @Test
    void groupsWaitForTheirDeadLettersIfAListenerDeclaresIt() throws ResourceException {
        start();
        activate("onDeadLetter", "block");

        await().atMost(LONG).until(() -> "block".equals(setting("onDeadLetter")));
    }

    @Test
    void sameLimitIsNotReported() throws ResourceException {
        redis.call("HSET", queue.key("settings"), "rateLimit", "100/s");
        start();
        queue.push("m1", "value");
        try (CapturedLog log = new CapturedLog()) {
            activate("rateLimit", "100/s");
            await().atMost(LONG).until(() -> delivered.contains("m1"));
            assertThat(logged(log, "RQ-336")).isFalse();
        }
    }

    @Test
    void listenerDoesNotConsumeWhileItsLimitIsRefused() throws ResourceException {
        redis.assumeVersion7();
        redis.call("ACL", "SETUSER", user, "on", ">secret", "~*", "&*", "+@all");
        redis.call("ACL", "SETUSER", user, "resetkeys", "~rq:lane:*", "~rq:queues", "~rq:{/}:*", "~rq:{rights}:*");
        redis.call("ACL", "SETUSER", user, "~" + queue.key("[^s]*"), "~" + queue.key("scheduled"));
        redis.call("ACL", "SETUSER", user, "%R~" + queue.key("settings"), "~" + queue.key("sequence"));
        adapter.setUser(user);
        adapter.setPassword("secret");
        start();
        queue.push("m1", "value");
        try (CapturedLog log = new CapturedLog()) {
            activate("rateLimit", "1/h");

            await().atMost(LONG).until(() -> logged(log, "RQ-303"));
            assertThat(delivered).isEmpty();
            redis.call("ACL", "SETUSER", user, "~" + queue.key("s*"));

            await().atMost(LONG).until(() -> delivered.contains("m1"));
        }
        assertThat(setting("rateLimit")).isEqualTo("1/h");
    }

    @Test
    void invalidSettingIsReportedOnce() throws ResourceException {
        redis.call("HSET", queue.key("settings"), "rateLimit", "fast");
        start();
        queue.push("m1", "value");
        queue.push("m2", "value");
        try (CapturedLog log = new CapturedLog()) {
            activate();

            await().atMost(LONG).until(() -> delivered.size() == 2);
            assertThat(log.lines().stream().filter(line -> line.contains(queue.name()) && line.startsWith("RQ-335")))
                    .containsExactly(
                            "RQ-335 Queue '" + queue.name() + "': setting 'rateLimit' is 'fast', but must be none,"
                                    + " or 1 to 1,000,000 messages per s, min or h, such as 100/s. Until it is corrected, it counts"
                                    + " as 1/s.");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rateLimit,100/day,'1 to 1,000,000 per `s`, `min` or `h`, such as `100/s`'",
        "rateLimit,0/s,'1 to 1,000,000 per `s`, `min` or `h`, such as `100/s`'",
        "maxQueueConcurrency,0,'1 to 1,000'",
        "maxQueueConcurrency,1001,'1 to 1,000'",
        "maxQueueConcurrency,many,'1 to 1,000'",
        "onDeadLetter,stop,'`continue` or `block`'"
    })
    void invalidLimitFailsTheDeployment(String property, String value, String range) throws ResourceException {
        start();
        assertThatExceptionOfType(RedisQueueException.class)
                .isThrownBy(() -> activate(property, value))
                .withMessageContaining("'" + property + "' is '" + value + "', but must be " + range);
        assertThat(setting(property)).isNull();
    }
}
