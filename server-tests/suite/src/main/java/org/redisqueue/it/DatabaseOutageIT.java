// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.awaitility.core.ThrowingRunnable;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.it.app.Background;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.app.outage.BookingBean;
import org.redisqueue.it.app.outage.Bookings;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** A database outage under load delays messages. It neither dead-letters one nor repeats one. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.TWO_PHASES)
class DatabaseOutageIT {

    private static final String QUEUE = "outage";
    private static final long BACKLOG = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration RESUMPTION = Duration.ofSeconds(2);

    private final Queue queue = Redis.queue(QUEUE);
    private final String run = UUID.randomUUID().toString();
    private final Set<String> sent = new TreeSet<>();

    /** Without the circuit breaker, each message would become a dead letter within milliseconds. */
    @Deployment
    static WebArchive application() {
        Beans beans = Beans.of(Archives.STANDALONE)
                .consuming(QUEUE, BookingBean.class, "maxDeliveries=2", "redeliveryDelay=0");
        return Archives.with(DatabaseOutageIT.class, Archives.war(beans)).addPackage(BookingBean.class.getPackage());
    }

    @Test
    void outageDelaysMessagesAndDeadLettersNone() throws SQLException {
        takeDatabaseAway(Duration.ofSeconds(4));
    }

    @Test
    @Tag("soak")
    void outageOfAMinuteDelaysMessagesAndDeadLettersNone() throws SQLException {
        takeDatabaseAway(Duration.ofMinutes(1));
    }

    private void takeDatabaseAway(Duration outage) throws SQLException {
        Bookings.create();
        AtomicBoolean sending = new AtomicBoolean(true);
        CompletableFuture<Void> load = Background.run(() -> send(sending));
        await().until(() -> Bookings.all().size() > 100);

        retry(Bookings::takeAway); // it waits for the transactions that use the table
        long since = System.nanoTime();
        await("the breaker to open, with a backlog")
                .atMost(PATIENCE)
                .until(() -> isBreakerOpen() && ready() >= BACKLOG);
        await().atMost(outage.plus(PATIENCE)).until(() -> System.nanoTime() - since > outage.toNanos());
        assertThat(queue.dead()).isEmpty();
        retry(Bookings::bringBack);
        int before = Bookings.all().size();
        long up = System.nanoTime();

        await().pollInterval(Duration.ofMillis(20))
                .atMost(outage.plus(PATIENCE))
                .until(() -> Bookings.all().size() > before);
        Duration resumed = Duration.ofNanos(System.nanoTime() - up);
        await("the breaker to close").atMost(RESUMPTION).until(() -> !isBreakerOpen());
        System.out.println("Deliveries resumed " + resumed.toMillis() + " ms after an outage of " + outage
                + ", and the breaker closed " + (millisSince(up) - resumed.toMillis()) + " ms later");
        assertThat(BookingBean.failed()).as("failed probes after the outage").noneMatch(begin -> begin - up > 0);
        Duration down =
                Duration.ofNanos(up - since); // an interval is at most twice as long as the breaker has been open
        assertThat(resumed).isLessThan(down.multipliedBy(2).plusSeconds(2));
        sending.set(false);
        load.join();
        await().atMost(PATIENCE).until(() -> queue.keys().isEmpty());
        await("the database, in which the last transactions may commit after they have in Redis")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Bookings.all())
                        .filteredOn(text -> text.startsWith(run))
                        .hasSameElementsAs(sent));
    }

    private static long millisSince(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos).toMillis();
    }

    private static void retry(ThrowingRunnable change) {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(change);
    }

    private static boolean isBreakerOpen() throws JMException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        for (ObjectName listener : server.queryNames(new ObjectName("org.redisqueue:type=Listener,*"), null)) {
            if (QUEUE.equals(server.getAttribute(listener, "Queue"))) {
                return (boolean) server.getAttribute(listener, "BreakerOpen");
            }
        }
        throw new IllegalStateException("No listener consumes " + QUEUE);
    }

    private long ready() {
        return (long) queue.call("LLEN", queue.key("ready"));
    }

    private void send(AtomicBoolean sending) {
        try (RedisQueueConnection connection = Connections.open()) {
            for (int i = 0; sending.get(); i++) {
                String body = run + " " + i;
                connection.send(QUEUE, body);
                sent.add(body);
                await().atMost(Duration.ofMinutes(5))
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> ready() < BACKLOG || !sending.get());
            }
        }
    }
}
