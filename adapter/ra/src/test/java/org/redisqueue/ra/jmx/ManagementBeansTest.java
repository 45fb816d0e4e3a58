// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.resource.ResourceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.management.Attribute;
import javax.management.MBeanOperationInfo;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.ra.RedisResourceAdapter;
import org.redisqueue.ra.outbound.RedisManagedConnectionFactory;
import org.redisqueue.ra.testing.BareContainer;
import org.redisqueue.ra.testing.QueueProbe;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.testing.ThrowingEndpoint;
import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.ListenerActivation;

/** The management beans of running adapters, as a remote client sees them. */
class ManagementBeansTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final String name = "jmx-" + UUID.randomUUID();
    private final BareContainer container = new BareContainer();
    private final List<RedisResourceAdapter> started = new ArrayList<>();
    private final RemoteClient client = new RemoteClient();
    private final TestRedis redis = TestRedis.shared();
    private final QueueProbe queue = QueueProbe.create(redis);
    private final ObjectName adapterBean = RemoteClient.name("Adapter", name);
    private final ObjectName queueBean = RemoteClient.name("Queue", queue.name());

    @AfterEach
    void stop() {
        started.forEach(RedisResourceAdapter::stop);
        container.close();
        for (String type : List.of("Adapter", "Listener")) {
            assertThat(client.names(type, name)).as(type).isEmpty();
        }
        assertThat(client.names("Queue", queue.name())).isEmpty();
    }

    private RedisResourceAdapter start(TestRedis server) throws ResourceException {
        RedisResourceAdapter adapter = new RedisResourceAdapter();
        adapter.setAddresses(server.address());
        adapter.setClientName(name);
        return start(adapter);
    }

    private RedisResourceAdapter start(RedisResourceAdapter adapter) throws ResourceException {
        adapter.start(container);
        started.add(adapter);
        return adapter;
    }

    private ListenerActivation activate(RedisResourceAdapter adapter, ThrowingEndpoint endpoint) {
        return activate(adapter, endpoint, Map.of("failureThreshold", "0"));
    }

    private ListenerActivation activate(
            RedisResourceAdapter adapter, ThrowingEndpoint endpoint, Map<String, String> more) {
        Map<String, String> properties = new HashMap<>(Map.of("queue", queue.name(), "maxDeliveries", "1"));
        properties.putAll(more);
        return adapter.activate(adapter, name + ".listener", properties, false, false, endpoint);
    }

    private ListenerActivation activateFailing(RedisResourceAdapter adapter) {
        return activate(adapter, ManagementBeansTest::fail);
    }

    private static DeliveryResult fail(Delivery delivery) {
        delivery.begin();
        throw new IllegalStateException("no stock");
    }

    private RedisQueueConnection connect(RedisResourceAdapter adapter) throws ResourceException {
        RedisManagedConnectionFactory factory = new RedisManagedConnectionFactory();
        factory.setResourceAdapter(adapter);
        return ((RedisQueueConnectionFactory) factory.createConnectionFactory()).createConnection();
    }

    private void deadLetter(String... ids) {
        for (String id : ids) {
            queue.push(id, "value");
        }
        await().atMost(LONG).until(() -> queue.dead().size() == ids.length);
    }

    private void awaitDone(CompositeData job) {
        await().atMost(LONG).until(() -> {
            CompositeData progress = client.invoke(queueBean, "job", job.get("id"));
            return progress.get("state").equals("DONE");
        });
    }

    // Attributes

    @Test
    void listenerAndItsQueueHaveBeansWhileTheListenerIsActive() throws Exception {
        RedisResourceAdapter adapter = start(redis);
        ObjectName listener = RemoteClient.name("Listener", name + ".listener");
        assertThat(client.names("Queue", queue.name())).isEmpty();

        ListenerActivation activation = activateFailing(adapter);
        deadLetter("a", "b");

        await().atMost(LONG).until(() -> client.get(listener, "DeadLettered").equals(2L));
        assertThat(client.get(listener, "Queue")).isEqualTo(queue.name());
        assertThat(client.get(listener, "LastFailure").toString()).contains("no stock");
        assertThat(client.get(queueBean, "Dead")).isEqualTo(2L);
        assertThat(client.get(adapterBean, "Listeners")).isEqualTo(1);
        assertThat((String[]) client.get(adapterBean, "Queues")).containsExactly(queue.name());

        activation.deactivate();

        assertThat(client.names("Listener", name)).isEmpty();
        assertThat(client.names("Queue", queue.name())).isEmpty();
        assertThat(client.names("Adapter", name)).containsExactly(name);
    }

    @Test
    void queueThatIsSentToHasABeanUntilTheAdapterStops() throws Exception {
        RedisResourceAdapter adapter = start(redis);

        try (RedisQueueConnection connection = connect(adapter)) {
            connection.send(queue.name(), "body");
        }

        await().atMost(LONG).until(() -> !client.names("Queue", queue.name()).isEmpty());
        assertThat(client.get(queueBean, "Ready")).isEqualTo(1L);
        assertThat(client.get(queueBean, "OldestReadySeconds")).isInstanceOf(Double.class);
        activateFailing(adapter).deactivate();
        assertThat(client.names("Queue", queue.name())).hasSize(1);
    }

    @Test
    void connectionShowsAddressAndVersionAndSharesThatOfFactories() throws Exception {
        RedisResourceAdapter adapter = new RedisResourceAdapter();
        adapter.setAddresses(redis.address());
        adapter.setClientName(name);
        adapter.setKeyPrefix(name);
        start(adapter);
        String deployment = "single:" + redis.address() + "/0/" + name;
        ObjectName connection = RemoteClient.name("Connection", deployment);
        assertThat(client.get(connection, "Connected")).isEqualTo(false);

        try (RedisQueueConnection used = connect(adapter)) {
            used.send(queue.name(), "body");
        }

        assertThat(client.names("Connection", deployment)).containsExactly(deployment);
        assertThat(client.get(connection, "Connected")).isEqualTo(true);
        assertThat(client.get(connection, "DeduplicatedMessages")).isEqualTo(0L);
        assertThat(client.get(connection, "RedisVersion").toString()).matches("(Redis|Valkey) [0-9.]+");
        assertThat(client.get(connection, "Addresses")).isEqualTo(redis.address());
        assertThat(client.get(connection, "PoolSize")).isEqualTo(64);
        assertThat(client.get(adapterBean, "Redis")).isEqualTo(deployment);
        await().atMost(LONG).until(() -> !client.names("Queue", queue.name()).isEmpty());
    }

    @Test
    void everyAttributeAndOperationIsDescribedAndReadable() throws Exception {
        RedisResourceAdapter adapter = start(redis);
        activateFailing(adapter);
        for (ObjectName bean : client.server().queryNames(new ObjectName("org.redisqueue:*"), null)) {
            var info = RemoteClient.copy(client.server().getMBeanInfo(bean));

            assertThat(client.all(bean))
                    .extracting(Attribute::getName)
                    .as(bean.toString())
                    .hasSameSizeAs(info.getAttributes());
            assertThat(info.getAttributes())
                    .allSatisfy(attribute -> assertThat(attribute.getDescription())
                            .as(attribute.getName())
                            .contains(" "));
            assertThat(info.getOperations()).allSatisfy(operation -> {
                assertThat(operation.getDescription()).as(operation.getName()).contains(" ");
                assertThat(operation.getSignature()).allSatisfy(parameter -> {
                    assertThat(parameter.getName()).doesNotMatch("(p|arg)[0-9]");
                    assertThat(parameter.getDescription())
                            .as(operation.getName())
                            .isNotBlank();
                });
            });
        }
        assertThat(client.server().getMBeanInfo(queueBean).getOperations())
                .filteredOn(operation -> operation.getImpact() == MBeanOperationInfo.INFO)
                .extracting(MBeanOperationInfo::getName)
                .containsExactlyInAnyOrder("history", "settings", "browse", "message", "job", "check");
    }

    // Operations

    @Test
    void poisonMessageIsFoundCorrectedAndRequeued() throws Exception {
        ListenerActivation activation = activateFailing(start(redis));
        deadLetter("a", "b");
        activation.pause();

        CompositeData page = client.invoke(queueBean, "browse", "dead", "", 10);
        CompositeData[] letters = (CompositeData[]) page.get("messages");
        assertThat(letters).extracting(letter -> letter.get("id")).containsExactlyInAnyOrder("a", "b");
        assertThat(letters[0].get("reason").toString()).contains("no stock");
        assertThat(letters[0].get("group")).isNull();
        assertThat(letters[0].get("priority")).isEqualTo(0);
        assertThat(page.get("next")).isNull();
        CompositeData details = client.invoke(queueBean, "message", "a");
        assertThat(details.get("body")).isEqualTo("value");

        client.invoke(queueBean, "editBody", "a", "corrected", details.get("version"));
        awaitDone(client.invoke(queueBean, "requeue", "a"));

        assertThat(queue.ready()).isEqualTo(List.of("a"));
        assertThat(queue.value("a")).endsWith("corrected");
        awaitDone(client.invoke(queueBean, "requeueByReason", "no stock"));
        assertThat(queue.dead()).isEmpty();
    }

    @Test
    void limitsOfAQueueAreChanged() throws Exception {
        activateFailing(start(redis));

        client.invoke(queueBean, "changeSetting", "rateLimit", "100/s");

        assertThat(redis.call("HGET", queue.key("settings"), "rateLimit")).isEqualTo("100/s");
        TabularData settings = client.invoke(queueBean, "settings");
        assertThat(settings.get(new Object[] {"rateLimit"}).get("value")).isEqualTo("100/s");
        client.invoke(queueBean, "changeSetting", "rateLimit", "");
        assertThat(redis.call("HGET", queue.key("settings"), "rateLimit")).isNull();
    }

    @Test
    void queueIsPausedAndTheAuditNamesJmx() throws Exception {
        activateFailing(start(redis));

        client.invoke(queueBean, "pause", 600L);

        assertThat((Long) redis.call("TTL", queue.key("paused"))).isBetween(590L, 600L);
        client.invoke(queueBean, "resume");
        assertThat(redis.call("EXISTS", queue.key("paused"))).isEqualTo(0L);
        CompositeData[] audit = client.invoke(adapterBean, "audit", "", 100);
        assertThat(Arrays.stream(audit).filter(entry -> queue.name().equals(entry.get("queue"))))
                .allSatisfy(entry -> assertThat(entry.get("via")).isEqualTo("jmx"))
                .extracting(entry -> entry.get("action"))
                .containsExactly("resume", "pause");
    }

    @Test
    void queueIsBoundToATopicAndUnbound() throws Exception {
        RedisResourceAdapter adapter = start(redis);
        ObjectName connection =
                RemoteClient.name("Connection", client.get(adapterBean, "Redis").toString());
        long unrouted = (Long) client.get(connection, "UnroutedMessages");

        try (RedisQueueConnection used = connect(adapter)) {
            used.publish(name, "body");
        }
        boolean bound = client.invoke(adapterBean, "bind", name, queue.name());
        CompositeData[] topics = client.invoke(adapterBean, "topics");

        assertThat(client.get(connection, "UnroutedMessages")).isEqualTo(unrouted + 1);
        assertThat(bound).isTrue();
        assertThat(topics)
                .filteredOn(topic -> name.equals(topic.get("name")))
                .singleElement()
                .satisfies(topic -> assertThat((String[]) topic.get("queues")).containsExactly(queue.name()));
        CompositeData report = client.invoke(adapterBean, "unbind", name, queue.name());
        assertThat(report.get("unbound")).isEqualTo(true);
        assertThat(((CompositeData) report.get("remaining")).get("ready")).isEqualTo(0L);
    }

    @Test
    void openBreakerIsShownNotifiedAndReset() throws Exception {
        List<Notification> received = new CopyOnWriteArrayList<>();
        RedisResourceAdapter adapter = start(redis);
        client.server()
                .addNotificationListener(
                        adapterBean, (notification, handback) -> received.add(notification), null, null);
        ObjectName listener = RemoteClient.name("Listener", name + ".listener");
        for (int i = 0; i < 40; i++) {
            queue.push("m" + i, "value");
        }

        ListenerActivation activation = activate(adapter, ManagementBeansTest::fail, Map.of());

        await().atMost(LONG).until(() -> client.get(listener, "BreakerOpen").equals(true));
        assertThat(activation.isBreakerOpen()).isTrue();
        assertThat(queue.dead()).isEmpty();

        client.invoke(listener, "resetBreaker");

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(received)
                        .extracting(Notification::getType)
                        .startsWith("org.redisqueue.breaker.opened", "org.redisqueue.breaker.closed"));
    }

    @Test
    void messagesAreMovedDeletedAndPurged() throws Exception {
        QueueProbe target = QueueProbe.create(redis);
        ListenerActivation activation = activateFailing(start(redis));
        deadLetter("a", "b", "c");
        activation.pause();

        awaitDone(client.invoke(queueBean, "move", "DEAD", "a", target.name()));
        awaitDone(client.invoke(queueBean, "deleteDeadLettersByReason", "no stock"));
        queue.push("d", "value");
        awaitDone(client.invoke(queueBean, "purge"));

        assertThat(target.ready()).isEqualTo(List.of("a"));
        assertThat(queue.dead()).isEmpty();
        assertThat(queue.exists("d")).isFalse();
    }

    @Test
    void refusalsAreExceptionsOfTheJdk() throws Exception {
        activateFailing(start(redis));

        assertThatThrownBy(() -> client.invoke(queueBean, "message", "nothing"))
                .isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> client.invoke(queueBean, "browse", "nowhere", "", 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("READY");
        assertThatThrownBy(() -> client.invoke(queueBean, "requeueByReason", ""))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.invoke(queueBean, "pause", -1L)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> client.invoke(adapterBean, "decide", "0000-00-00", "COMMIT", false))
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> client.invoke(adapterBean, "repair"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("check");
        assertThatThrownBy(() -> client.invoke(queueBean, "requeue", (Object) null))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void operationsOfTheAdapterReturnCompositeData() throws Exception {
        activateFailing(start(redis));
        queue.push("a", "value");

        CompositeData[] servers = client.invoke(adapterBean, "servers");
        CompositeData[] branches = client.invoke(adapterBean, "inDoubt");
        CompositeData history = client.invoke(queueBean, "history", 3);

        await().atMost(LONG).untilAsserted(() -> {
            CompositeData[] queues = client.invoke(adapterBean, "queues");
            assertThat(queues).extracting(each -> each.get("name")).contains(queue.name());
        });
        assertThat(servers).allSatisfy(server -> assertThat(server.get("host")).isNotNull());
        assertThat(branches).isNotNull();
        assertThat((long[]) history.get("delivered")).hasSize(3);
    }

    // Names and lifecycle

    @Test
    void beansOfASecondAdapterGetASuffix() throws Exception {
        activateFailing(start(redis));
        RedisResourceAdapter second = start(redis);
        activateFailing(second);

        assertThat(client.names("Adapter", name)).containsExactly(name, name + "-2");
        assertThat(client.names("Queue", queue.name())).containsExactly(queue.name(), queue.name() + "-2");
        assertThat(client.get(RemoteClient.name("Queue", queue.name() + "-2"), "Name"))
                .isEqualTo(queue.name());

        started.remove(second);
        second.stop();

        assertThat(client.names("Adapter", name)).containsExactly(name);
        assertThat(client.names("Listener", name)).containsExactly(name + ".listener");
        assertThat(client.names("Queue", queue.name())).containsExactly(queue.name());
    }

    @Test
    void restartedAdapterUsesTheSameNames() throws Exception {
        for (int run = 0; run < 3; run++) {
            RedisResourceAdapter adapter = start(redis);
            activateFailing(adapter);
            assertThat(client.names("Adapter", name)).containsExactly(name);
            assertThat(client.names("Queue", queue.name())).containsExactly(queue.name());
            started.remove(adapter);
            adapter.stop();
            assertThat(client.names("Adapter", name)).isEmpty();
        }
    }

    @Test
    void failedStartLeavesNoBeans() {
        RedisResourceAdapter adapter = new RedisResourceAdapter();
        adapter.setAddresses(redis.address());
        adapter.setClientName(name);

        assertThatThrownBy(() -> adapter.start(null)).isInstanceOf(RuntimeException.class);

        assertThat(client.names("Adapter", name)).isEmpty();
        assertThat(client.names("Connection", "single:" + redis.address())).isEmpty();
    }

    @Test
    void nothingIsRegisteredIfSwitchedOff() throws Exception {
        RedisResourceAdapter adapter = new RedisResourceAdapter();
        adapter.setAddresses(redis.address());
        adapter.setClientName(name);
        adapter.setJmx(false);
        start(adapter);
        activateFailing(adapter);
        deadLetter("a");

        assertThat(client.names("Adapter", name)).isEmpty();
        assertThat(client.names("Listener", name)).isEmpty();
        assertThat(client.names("Queue", queue.name())).isEmpty();
    }

    // Notifications

    @Test
    void deadLettersAndPausesAreNotified() throws Exception {
        List<Notification> received = new CopyOnWriteArrayList<>();
        ListenerActivation activation = activateFailing(start(redis));
        client.server()
                .addNotificationListener(
                        adapterBean, (notification, handback) -> received.add(notification), null, null);
        deadLetter("a");
        activation.pause();
        activation.resume();

        await().atMost(LONG)
                .untilAsserted(() -> assertThat(received)
                        .extracting(Notification::getType)
                        .containsExactlyInAnyOrder(
                                "org.redisqueue.deadLetter",
                                "org.redisqueue.listener.paused",
                                "org.redisqueue.listener.resumed"));
        Notification letter = RemoteClient.copy(received.stream()
                .filter(each -> each.getType().endsWith("deadLetter"))
                .findFirst()
                .orElseThrow());
        assertThat(letter.getSource()).isEqualTo(adapterBean);
        assertThat(letter.getUserData())
                .asInstanceOf(InstanceOfAssertFactories.map(String.class, String.class))
                .containsOnlyKeys("queue", "id", "reason")
                .containsEntry("queue", queue.name())
                .containsEntry("id", "a");
        assertThat(client.get(adapterBean, "DroppedNotifications")).isEqualTo(0L);
    }

    @Test
    void outageIsNotifiedAndRemembered() throws Exception {
        try (TestRedis own = TestRedis.start()) {
            List<String> received = new CopyOnWriteArrayList<>();
            activateFailing(start(own));
            ObjectName connection = RemoteClient.name("Connection", "single:" + own.address() + "/0/rq");
            client.server()
                    .addNotificationListener(
                            adapterBean, (notification, handback) -> received.add(notification.getType()), null, null);
            await().atMost(LONG).until(() -> client.get(connection, "Connected").equals(true));
            assertThat(client.get(connection, "LastLoss")).isNull();

            own.kill();
            await().atMost(LONG).until(() -> received.contains("org.redisqueue.connection.lost"));
            assertThat(client.get(connection, "Connected")).isEqualTo(false);
            own.restart();
            await().atMost(LONG).until(() -> received.contains("org.redisqueue.connection.restored"));

            assertThat(client.get(connection, "Connected")).isEqualTo(true);
            assertThat(client.get(connection, "LastLoss")).isNotNull();
            assertThat(client.get(connection, "LastLossReason").toString()).isNotBlank();
            started.forEach(RedisResourceAdapter::stop);
            started.clear();
        }
    }
}
