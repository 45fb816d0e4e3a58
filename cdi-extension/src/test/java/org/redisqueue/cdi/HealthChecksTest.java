// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.eclipse.microprofile.health.HealthCheckResponse.Status.DOWN;
import static org.eclipse.microprofile.health.HealthCheckResponse.Status.UP;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import javax.naming.Reference;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.jboss.weld.junit5.WeldInitiator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.spi.AdapterHealth;
import org.redisqueue.spi.HealthSource;
import org.redisqueue.spi.ListenerActivation;
import org.redisqueue.spi.ListenerActivator;
import org.redisqueue.spi.ListenerEndpoint;
import org.redisqueue.spi.NotRunningException;

/** The readiness and the liveness of applications. */
class HealthChecksTest {

    private static final String DEFAULT = "java:/eis/RedisQueue";
    private static final Instant SINCE = Instant.parse("2026-01-02T03:04:05Z");

    private static final AdapterHealth CONNECTED = new AdapterHealth(true, true, true, Optional.empty());
    private static final AdapterHealth BRIEF_OUTAGE = new AdapterHealth(true, true, false, Optional.of(SINCE));
    private static final AdapterHealth OUTAGE = new AdapterHealth(false, true, false, Optional.of(SINCE));
    private static final AdapterHealth STUCK = new AdapterHealth(true, false, true, Optional.empty());

    private final Factory factory = new Factory();
    private WeldContainer container;

    @ApplicationScoped
    static class Orders {

        @Inject
        @RedisQueue("orders")
        RedisQueueSender sender;
    }

    @ApplicationScoped
    static class Invoices {

        @Inject
        @RedisQueue(value = "invoices", connectionFactory = "eis/${health.test:Invoices}")
        RedisQueueSender sender;
    }

    /** A connection factory that only reports its health. */
    private static final class Factory implements RedisQueueConnectionFactory, ListenerActivator, HealthSource {

        private static final long serialVersionUID = 1L;

        private transient AdapterHealth health = CONNECTED;
        private transient boolean running = true;

        @Override
        public AdapterHealth health() {
            if (!running) {
                throw new NotRunningException("RQ-127");
            }
            return health;
        }

        @Override
        public RedisQueueConnection createConnection() {
            throw new UnsupportedOperationException();
        }

        @Override
        public RedisQueueConnection createConnection(String user, String password) {
            throw new UnsupportedOperationException();
        }

        @Override
        public QueueAdmin admin() {
            throw new UnsupportedOperationException();
        }

        @Override
        public ListenerActivation activate(
                String listener,
                Map<String, String> properties,
                boolean transacted,
                boolean paused,
                ListenerEndpoint endpoint) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void setReference(Reference reference) {}

        @Override
        public Reference getReference() {
            return new Reference(Factory.class.getName());
        }
    }

    @BeforeEach
    void install() {
        TestNaming.install();
        HealthCheckResponse.setResponseProvider(HealthResponse.provider());
    }

    @AfterEach
    void stop() {
        container.close();
        HealthCheckResponse.setResponseProvider(null);
        TestNaming.uninstall();
    }

    private void start(Class<?>... beans) {
        Weld weld = WeldInitiator.createWeld()
                .addExtension(new RedisQueueExtension())
                .beanClasses(Listeners.class, Deliveries.class, Senders.class, UsedAdapters.class)
                .addBeanClasses(RedisReadiness.class, AdapterLiveness.class)
                .addBeanClasses(beans);
        container = weld.initialize();
    }

    private void startWithSender() {
        TestNaming.bind(DEFAULT, factory);
        start(Orders.class);
    }

    private HealthCheckResponse readiness() {
        return container
                .select(RedisReadiness.class, Any.Literal.INSTANCE)
                .get()
                .call();
    }

    private HealthCheckResponse liveness() {
        return container
                .select(AdapterLiveness.class, Any.Literal.INSTANCE)
                .get()
                .call();
    }

    @Test
    void readyWhileRedisIsConnected() {
        startWithSender();

        assertThat(readiness().getName()).isEqualTo("redis-queue");
        assertThat(readiness().getStatus()).isEqualTo(UP);
        assertThat(readiness().getData()).hasValue(Map.of("eis/RedisQueue.connected", true));
    }

    @Test
    void notReadyDuringAnOutageOfRedisButAlive() {
        startWithSender();
        factory.health = OUTAGE;

        assertThat(readiness().getStatus()).isEqualTo(DOWN);
        assertThat(readiness().getData())
                .hasValue(Map.of(
                        "eis/RedisQueue.connected", false, "eis/RedisQueue.unreachableSince", "2026-01-02T03:04:05Z"));
        assertThat(liveness().getStatus()).isEqualTo(UP);
    }

    @Test
    void readyDuringABriefOutage() {
        startWithSender();
        factory.health = BRIEF_OUTAGE;

        assertThat(readiness().getStatus()).isEqualTo(UP);
        assertThat(readiness().getData().orElseThrow()).containsEntry("eis/RedisQueue.connected", false);
    }

    @Test
    void notAliveWhenTheThreadsOfTheAdapterAreStuck() {
        startWithSender();
        assertThat(liveness().getStatus()).isEqualTo(UP);
        factory.health = STUCK;

        assertThat(liveness().getStatus()).isEqualTo(DOWN);
        assertThat(liveness().getData()).hasValue(Map.of("eis/RedisQueue.alive", false));
    }

    @Test
    void notReadyWithoutAnAdapterButAlive() {
        start(Orders.class);

        assertThat(readiness().getStatus()).isEqualTo(DOWN);
        assertThat(readiness().getData()).hasValue(Map.of("eis/RedisQueue.connected", false));
        assertThat(liveness().getStatus()).isEqualTo(UP);
    }

    @Test
    void applicationThatDoesNotUseQueuesIsReadyWithoutAnAdapter() {
        start();

        assertThat(readiness().getStatus()).isEqualTo(UP);
    }

    @Test
    void redeployedAdapterIsFound() {
        startWithSender();
        assertThat(readiness().getStatus()).isEqualTo(UP);

        factory.running = false;
        TestNaming.unbind(DEFAULT);
        assertThat(readiness().getStatus()).isEqualTo(DOWN);

        TestNaming.bind(DEFAULT, new Factory());
        assertThat(readiness().getStatus()).isEqualTo(UP);
    }

    @Test
    void eachConnectionFactoryIsReported() {
        Factory other = new Factory();
        other.health = OUTAGE;
        TestNaming.bind("eis/Invoices", other);
        TestNaming.bind(DEFAULT, factory);
        start(Orders.class, Invoices.class);

        assertThat(readiness().getStatus()).isEqualTo(DOWN);
        assertThat(readiness().getData().orElseThrow())
                .containsEntry("eis/RedisQueue.connected", true)
                .containsEntry("eis/Invoices.connected", false);
    }
}
