// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.ejb.MessageDrivenContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.RedisMessage;
import org.redisqueue.it.app.Listeners;
import org.redisqueue.it.app.Listeners.Delivery;
import org.redisqueue.it.app.Listeners.Script;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.app.ScriptedListener;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** When messages are claimed, how many threads deliver them, and how long their leases last. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.LISTENER_INTERFACE)
class DeliveryIT {

    private static final int CONCURRENCY = 3;
    private static final int PREFETCH = 2;
    private static final int LEASE_MILLIS = 1_000;
    private static final int TOGETHER = 2;
    private static final int RATE = 20;

    /** Deliveries that wait at a gate, and how many there were at most at the same time. */
    private static final class Crowd implements Listeners.Action {

        private final AtomicInteger atWork = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final CountDownLatch gate = new CountDownLatch(1);

        @Override
        public void on(RedisMessage message, MessageDrivenContext context) throws InterruptedException {
            most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
            gate.await();
            atWork.decrementAndGet();
        }
    }

    @Deployment
    static WebArchive application() {
        Beans beans = Beans.of(Archives.STANDALONE)
                .consuming(
                        "delivery.concurrency",
                        ScriptedListener.class,
                        "maxConcurrency=" + CONCURRENCY,
                        "prefetch=" + PREFETCH)
                .consuming("delivery.lease", ScriptedListener.class, "lease=" + LEASE_MILLIS)
                .consuming("delivery.idle", ScriptedListener.class)
                .consuming("delivery.together", ScriptedListener.class, "maxQueueConcurrency=" + TOGETHER)
                .consuming("delivery.together", ScriptedListener.class, "maxQueueConcurrency=" + TOGETHER)
                .consuming("delivery.rate", ScriptedListener.class, "rateLimit=" + RATE + "/s");
        return Archives.with(DeliveryIT.class, Archives.war(beans));
    }

    @Test
    void concurrencyAndPrefetchStayWithinTheirLimits() {
        Queue queue = Redis.queue("delivery.concurrency");
        Crowd crowd = new Crowd();
        Script listener = Listeners.on(queue, crowd);

        List<String> ids = new ArrayList<>(queue.pushMany(CONCURRENCY));

        try {
            await().until(() -> crowd.atWork.get() == CONCURRENCY);
            // One at a time: while messages are taken quickly, more of them are claimed ahead.
            for (int ahead = 1; ahead <= PREFETCH; ahead++) {
                int claimed = CONCURRENCY + ahead;
                ids.add(queue.push("payload"));
                await().until(() -> queue.processing().size() == claimed);
            }
            ids.addAll(queue.pushMany(20));
            await().during(Duration.ofMillis(500))
                    .until(() -> crowd.atWork.get() == CONCURRENCY
                            && queue.processing().size() == CONCURRENCY + PREFETCH);
        } finally {
            crowd.gate.countDown();
        }
        await().until(() -> queue.keys().isEmpty());
        assertThat(crowd.most).hasValue(CONCURRENCY);
        assertThat(listener.deliveries()).extracting(Delivery::id).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void leaseLastsAsLongAsTheListenerRuns() {
        Queue queue = Redis.queue("delivery.lease");
        CountDownLatch gate = new CountDownLatch(1);
        Script listener = Listeners.on(queue, (message, context) -> gate.await());

        String id = queue.push("payload");

        try {
            await().until(() -> listener.deliveries().size() == 1);
            long start = now(queue);
            await().until(() -> now(queue) > start + 4 * LEASE_MILLIS);
            assertThat(queue.processing().values())
                    .singleElement()
                    .satisfies(due -> assertThat(Double.parseDouble(due)).isGreaterThan(now(queue)));
        } finally {
            gate.countDown();
        }
        await().until(() -> !queue.exists(id));
        assertThat(queue.keys()).isEmpty();
        assertThat(listener.deliveries()).extracting(Delivery::count).containsExactly(1);
    }

    @Test
    void listenersOfAQueueRespectItsConcurrencyTogether() {
        Queue queue = Redis.queue("delivery.together");
        Crowd crowd = new Crowd();
        Script listener = Listeners.on(queue, crowd);

        List<String> ids = queue.pushMany(10);

        try {
            await().until(() -> crowd.atWork.get() == TOGETHER);
            await().during(Duration.ofMillis(500))
                    .until(() -> queue.processing().size() == TOGETHER);
        } finally {
            crowd.gate.countDown();
        }
        await().until(queue::isIdle);
        assertThat(crowd.most).hasValue(TOGETHER);
        assertThat(listener.deliveries()).extracting(Delivery::id).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void listenerRespectsTheRateOfItsQueue() {
        Queue queue = Redis.queue("delivery.rate");
        Script listener = Listeners.accepting(queue);
        int burst = RATE / 4;
        long start = System.nanoTime();

        List<String> ids = queue.pushMany(2 * RATE);

        await().until(queue::isIdle);
        assertThat(listener.deliveries()).extracting(Delivery::id).containsExactlyInAnyOrderElementsOf(ids);
        long last =
                listener.deliveries().stream().mapToLong(Delivery::nanos).max().orElseThrow();
        long intervals = ids.size() - 1 - burst;
        assertThat(Duration.ofNanos(last - start)).isGreaterThan(Duration.ofMillis(intervals * 1_000 / RATE));
    }

    @Test
    void idleQueueHoldsNoThreadAndWakesImmediately() {
        Queue queue = Redis.queue("delivery.idle");
        Script listener = Listeners.accepting(queue);

        for (int i = 1; i <= 5; i++) {
            await().until(() -> threadsInTheAdapter().isEmpty());
            int expected = i;
            long pushed = System.nanoTime();
            queue.push("payload");
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> listener.deliveries().size() == expected);
            assertThat(Duration.ofNanos(listener.deliveries().get(i - 1).nanos() - pushed))
                    .isLessThan(Duration.ofSeconds(1));
        }
    }

    private static List<String> threadsInTheAdapter() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(thread -> Stream.of(thread.getValue())
                        .anyMatch(frame -> frame.getClassName().startsWith("org.redisqueue.ra.")))
                .map(thread -> thread.getKey().getName())
                .toList();
    }

    /** The Redis time in milliseconds. */
    private static long now(Queue queue) {
        List<?> time = (List<?>) queue.call("TIME");
        return Long.parseLong((String) time.get(0)) * 1_000 + Long.parseLong((String) time.get(1)) / 1_000;
    }
}
