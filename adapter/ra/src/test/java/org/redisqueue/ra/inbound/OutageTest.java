// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.ra.observer.LoggingObserver;
import org.redisqueue.ra.observer.Observers;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.RecordingObserver;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.transaction.NamedResources;
import org.redisqueue.ra.transaction.ResourceManager;

/** An outage of a database that a listener needs does not harm the messages of its queue, with a real Redis. */
class OutageTest {

    private static final Duration LONG = Duration.ofSeconds(90);

    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final RedisActivationSpec spec = new RedisActivationSpec();
    private final List<Runnable> endings = new ArrayList<>();
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private final ResourceManager manager = ResourceManager.acquire(TestProperties.of(redis));
    private final Set<String> done = ConcurrentHashMap.newKeySet();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger successesDuringTheOutage = new AtomicInteger();
    private volatile boolean down;

    /** A server with one listener. */
    private final class Server {

        private final RecordingObserver events = new RecordingObserver();
        private final FakeContainer container;
        private final Activation activation;

        private Server(RedisMessageListener listener) throws Exception {
            container = new FakeContainer(true, listener);
            activation = Activation.of(
                    spec,
                    container,
                    new Inbound(
                            manager,
                            NamedResources.of(container),
                            container,
                            blocking,
                            new Observers(new LoggingObserver(), events.observer())));
            endings.add(this::stop);
            activation.start();
        }

        private void stop() {
            activation.stopAndDrain();
            container.close();
        }

        private long count(String event) {
            return events.events().stream()
                    .filter(each -> each.name().equals(event))
                    .count();
        }

        private void awaitOpen() {
            await().atMost(LONG).until(activation::isBreakerOpen);
        }
    }

    @BeforeEach
    void configure() {
        spec.setQueue(queue.name());
        spec.setRedeliveryDelay(10);
    }

    @AfterEach
    void stop() {
        endings.forEach(Runnable::run);
        blocking.shutdownNow();
        manager.release();
    }

    private void use(RedisMessage message) {
        if (down && successesDuringTheOutage.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
            failures.incrementAndGet();
            throw new IllegalStateException("no database");
        }
        done.add(message.id());
    }

    private static void fail(RedisMessage message) {
        throw new IllegalStateException("poison");
    }

    private void push(String prefix, int count) {
        IntStream.range(0, count).forEach(i -> queue.push(prefix + i, "value"));
    }

    private List<?> failed() {
        return (List<?>) redis.call("HVALS", queue.key("failures"));
    }

    private void awaitFailedProbes(int probes) {
        int before = failures.get();
        await().atMost(LONG).until(() -> failures.get() >= before + probes);
    }

    /** The outage lasts for two failed probes; with {@code -Psoak}, it lasts for about a minute. */
    @Test
    void outageUnderLoadDeadLettersNothingAndDeliveriesResumeWithTheNextProbe() throws Exception {
        int probes = Integer.getInteger("outage.probes", 2);
        int backlog = 1_500 * probes;
        spec.setRedeliveryDelay(0);
        down = true;
        push("m", backlog);
        Server server = new Server(this::use);
        server.awaitOpen();
        awaitFailedProbes(probes);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(failed()).as("counted failures").isEmpty());
        int failedBefore = failures.get();
        assertThat(failedBefore).isLessThan(20 + 15 + 20);

        down = false;

        await().atMost(LONG).until(queue::isGone);
        assertThat(failures.get())
                .as("failures after the return of the database")
                .isLessThanOrEqualTo(failedBefore + 1);
        assertThat(done).hasSize(backlog);
        assertThat(server.count("deadLettered")).isZero();
        assertThat(server.count("breakerOpened")).isEqualTo(1);
        assertThat(server.count("breakerClosed")).isEqualTo(1);
    }

    @Test
    void messagesThatFailedBeforeTheOpeningDoNotWaitForTheirRedeliveryDelay() throws Exception {
        spec.setRedeliveryDelay(86_400_000);
        spec.setMaxRedeliveryDelay(86_400_000);
        down = true;
        push("early", 5);
        Server server = new Server(this::use);
        await().atMost(LONG).until(() -> server.count("redelivered") == 5);
        assertThat(failed()).hasSize(5);
        push("m", 95);
        server.awaitOpen();
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(failed()).as("counted failures").isEmpty());

        down = false;

        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(100);
    }

    @Test
    void messagesThatWereOneFailureAwayFromDeadLetteringKeepThatDistance() throws Exception {
        push("m", 60);
        IntStream.range(0, 60).forEach(i -> redis.call("HSET", queue.key("failures"), "m" + i, "4"));
        down = true;
        Server server = new Server(this::use);
        server.awaitOpen();
        awaitFailedProbes(1);

        assertThat(queue.dead()).isEmpty();
        await().untilAsserted(() -> assertThat(failed()).hasSize(60));
        assertThat(Collections.<Object>unmodifiableList(failed())).containsOnly("4");

        down = false;
        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(60);
    }

    @Test
    void messagesThatAlwaysFailBecomeDeadLettersBesideGoodOnes() throws Exception {
        spec.setMaxDeliveries(3);
        AtomicInteger deliveries = new AtomicInteger();
        push("poison", 5);
        Server server = new Server(message -> {
            if (message.id().startsWith("poison")) {
                deliveries.incrementAndGet();
                fail(message);
            }
        });
        AtomicInteger sent = new AtomicInteger();

        await().atMost(LONG).pollInterval(Duration.ofMillis(5)).until(() -> {
            push("good" + sent.incrementAndGet() + ".", 3);
            return queue.dead().size() == 5;
        });

        assertThat(deliveries).hasValue(15);
        assertThat(server.count("breakerOpened")).isZero();
    }

    @Test
    void singleMessageThatAlwaysFailsIsDeadLetteredAtOnce() throws Exception {
        spec.setFailureThreshold(1);
        queue.push("poison", "value");
        Server server = new Server(OutageTest::fail);
        await().until(() -> queue.dead().contains("poison"));
        assertThat(server.count("breakerOpened")).isZero();
        assertThat(server.count("redelivered")).isEqualTo(4);
    }

    @Test
    void messagesThatAlwaysFailBecomeDeadLettersAfterAGoodOneHasClosedTheBreaker() throws Exception {
        spec.setFailureThreshold(4);
        push("poison", 2);
        Server server = new Server(message -> {
            if (message.id().startsWith("poison")) {
                fail(message);
            }
        });
        server.awaitOpen();
        assertThat(queue.dead()).isEmpty();

        queue.push("good", "value");

        await().atMost(LONG).until(() -> queue.dead().size() == 2);
        assertThat(server.count("breakerOpened")).isEqualTo(1);
        assertThat(server.count("breakerClosed")).isEqualTo(1);
    }

    @Test
    void serverWhoseDatabaseWorksDeliversWhatTheOtherReleases() throws Exception {
        spec.setRedeliveryDelay(0);
        Server broken = new Server(OutageTest::fail);
        push("m", 100);
        broken.awaitOpen();

        Server working = new Server(this::use);

        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(100);
        assertThat(broken.count("breakerClosed")).isZero();
        assertThat(working.count("breakerOpened")).isZero();
        assertThat(working.count("deadLettered") + broken.count("deadLettered")).isZero();
    }

    @Test
    void thresholdZeroSwitchesTheBreakerOff() throws Exception {
        spec.setFailureThreshold(0);
        spec.setMaxDeliveries(2);
        push("m", 60);
        Server server = new Server(OutageTest::fail);
        await().atMost(LONG).until(() -> queue.dead().size() == 60);
        assertThat(server.count("breakerOpened")).isZero();
    }

    @Test
    void pausedListenerProbesOnlyAfterItsResumption() throws Exception {
        down = true;
        push("m", 100);
        Server server = new Server(this::use);
        server.awaitOpen();
        awaitFailedProbes(1);
        server.activation.pause();
        down = false;
        await().during(Duration.ofSeconds(3)).atMost(LONG).until(done::isEmpty);

        server.activation.resume();

        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(100);
    }

    @Test
    void listenerThatIsStoppedWhileItsBreakerIsOpenHoldsNothing() throws Exception {
        down = true;
        push("m", 100);
        Server server = new Server(this::use);
        server.awaitOpen();

        server.activation.stopAndDrain();

        assertThat(Collections.<Object>unmodifiableList(queue.processing()))
                .allSatisfy(entry -> assertThat((String) entry).endsWith(" -"));
        assertThat(failed()).isEmpty();
        down = false;
        new Server(this::use);
        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(100);
    }

    @Test
    void operatorClosesTheBreaker() throws Exception {
        down = true;
        push("m", 100);
        Server server = new Server(this::use);
        server.awaitOpen();
        awaitFailedProbes(2);
        down = false;

        server.activation.resetBreaker();

        await().atMost(LONG).until(queue::isGone);
        assertThat(server.activation.isBreakerOpen()).isFalse();
        assertThat(server.count("breakerClosed")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 2})
    void messagesThatMustNotFailOnceAreProtectedToo(int messages) throws Exception {
        down = true;
        push("m", messages);
        spec.setMaxDeliveries(1);
        Server server = new Server(this::use);
        server.awaitOpen();
        awaitFailedProbes(1);
        down = false;
        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(messages);
        assertThat(server.count("deadLettered")).isZero();
    }

    @Test
    void messagesThatMustNotFailOnceAreProtectedWithASingleListener() throws Exception {
        down = true;
        push("m", 3);
        spec.setMaxDeliveries(1);
        spec.setMaxConcurrency(1);
        spec.setPrefetch(0);
        Server server = new Server(this::use);
        server.awaitOpen();
        down = false;
        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(3);
        assertThat(server.count("deadLettered")).isZero();
    }

    @Test
    void databaseThatFailsAgainAfterASuccessHarmsNoMessage() throws Exception {
        down = true;
        spec.setMaxDeliveries(2);
        push("m", 40);
        Server server = new Server(this::use);
        for (int flap = 1; flap <= 3; flap++) {
            server.awaitOpen();
            int closed = flap;
            successesDuringTheOutage.set(1);
            await().atMost(LONG).until(() -> server.count("breakerClosed") == closed);
        }
        server.awaitOpen();
        down = false;

        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(40);
        assertThat(server.count("deadLettered")).isZero();
    }

    @Test
    void pauseKeepsMessagesWhoseLastFailureIsOnHold() throws Exception {
        down = true;
        push("m", 2);
        spec.setMaxDeliveries(1);
        Server server = new Server(this::use);
        await().atMost(LONG).until(() -> failures.get() == 2);

        server.activation.pause();

        await().atMost(LONG).until(() -> server.count("uncounted") == 2);
        assertThat(server.activation.isBreakerOpen()).isFalse();
        down = false;
        server.activation.resume();
        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(2);
    }

    @Test
    void resetOfAClosedBreakerKeepsMessagesWhoseLastFailureIsOnHold() throws Exception {
        down = true;
        push("m", 2);
        spec.setMaxDeliveries(1);
        Server server = new Server(this::use);
        await().atMost(LONG).until(() -> failures.get() == 2);

        server.activation.resetBreaker();

        server.awaitOpen();
        down = false;
        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(2);
        assertThat(server.count("deadLettered")).isZero();
    }

    @Test
    void successOfADeliveryThatBeganBeforeTheOutageHarmsNoMessage() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        spec.setMaxDeliveries(1);
        Server server = new Server(message -> {
            if (message.id().equals("slow")) {
                started.countDown();
                await().atMost(LONG).until(() -> end.getCount() == 0);
                done.add("slow");
            } else {
                use(message);
            }
        });
        queue.push("slow", "value");
        await().atMost(LONG).until(() -> started.getCount() == 0);
        down = true;
        push("m", 2);
        await().atMost(LONG).until(() -> failures.get() == 2);
        end.countDown();
        await().atMost(LONG).until(() -> server.count("acknowledged") == 1);

        server.awaitOpen();
        down = false;
        await().atMost(LONG).until(queue::isGone);
        assertThat(done).hasSize(3);
        assertThat(server.count("deadLettered")).isZero();
    }

    @Test
    void probeThatHangsDoesNotStopTheListener() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger hanging = new AtomicInteger();
        down = true;
        push("m", 60);
        Server server = new Server(message -> {
            if (hanging.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                await().atMost(LONG).until(() -> end.getCount() == 0);
            }
            use(message);
        });
        server.awaitOpen();
        hanging.set(1);
        await().atMost(LONG).until(() -> hanging.get() == 0);

        down = false;

        await().atMost(LONG).until(() -> done.size() == 59);
        assertThat(server.activation.isBreakerOpen()).isFalse();
        end.countDown();
        await().atMost(LONG).until(queue::isGone);
    }
}
