// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import jakarta.ejb.EJB;
import jakarta.transaction.TransactionManager;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Database;
import org.redisqueue.it.app.Listeners;
import org.redisqueue.it.app.Listeners.Delivery;
import org.redisqueue.it.app.Listeners.Script;
import org.redisqueue.it.app.Monitor;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.app.ScriptedListener;
import org.redisqueue.it.app.ServerTransactionManager;
import org.redisqueue.it.app.Transactions;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;
import org.redisqueue.ra.testing.OtherResource;

/** The effects of a delivery, a connection and a database in one transaction are atomic. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.TWO_PHASES)
class TransactionIT {

    private static final String SOON = "redeliveryDelay=50";
    private static final String SHORT_LEASE = "lease=2000";

    @EJB
    private Transactions transactions;

    @Deployment
    static WebArchive application() {
        Beans beans = Beans.of(Archives.STANDALONE)
                .consuming("transaction.forward", ScriptedListener.class)
                .consuming("transaction.forward-rollback", ScriptedListener.class, SOON)
                .consuming("transaction.database", ScriptedListener.class)
                .consuming("transaction.database-rollback", ScriptedListener.class, SOON)
                .consuming("transaction.database-refuses", ScriptedListener.class, SOON)
                .consuming("transaction.prepare-refused", ScriptedListener.class, SOON)
                .consuming("transaction.taken-over", ScriptedListener.class, SHORT_LEASE)
                .consuming("transaction.taken-over-with-row", ScriptedListener.class, SHORT_LEASE);
        return Archives.with(TransactionIT.class, Archives.war(beans));
    }

    @Test
    @Shows(Capability.ONE_BRANCH)
    void consumingAndSendingCommitsInOneScript() {
        Queue queue = Redis.queue("transaction.forward");
        Queue next = Redis.queue("transaction.forward.next");
        Listeners.on(queue, (message, context) -> Connections.send(next, message.text()));

        try (Monitor monitor = Monitor.start()) {
            String id = queue.push("payload");

            await().until(() -> !queue.exists(id));
            List<Monitor.Call> calls = monitor.calls(queue);
            assertThat(calls)
                    .filteredOn(call -> call.does("ZREM", queue.key("processing")))
                    .singleElement()
                    .matches(call -> call.does("UNLINK", queue.key("message:" + id)), "deletes the message")
                    .matches(call -> call.does("LPUSH", next.key("ready")), "publishes what was sent");
            assertThat(calls).noneMatch(call -> call.does("HSET", queue.key("prepared")));
            assertThat(monitor.calls(next))
                    .as("calls that involve the target queue")
                    .hasSize(1);
        }
        assertThat(next.bodies()).containsExactly("payload");
    }

    @Test
    void messageSentByAListenerIsDiscardedWhenItsDeliveryRollsBack() {
        Queue queue = Redis.queue("transaction.forward-rollback");
        Queue next = Redis.queue("transaction.forward-rollback.next");
        Listeners.on(queue, (message, context) -> {
            Connections.send(next, "delivery " + message.deliveryCount());
            if (!message.redelivered()) {
                context.setRollbackOnly();
            }
        });

        String id = queue.push("payload");

        await().until(() -> !queue.exists(id));
        assertThat(next.bodies()).containsExactly("delivery 2");
        assertThat(next.keys()).as("one message, one list").hasSize(2);
    }

    @Test
    void rowAndAcknowledgmentCommitTogetherInTwoPhases() throws Exception {
        Database.create();
        Queue queue = Redis.queue("transaction.database");
        Listeners.on(queue, (message, context) -> Database.insert(message.id()));

        try (Monitor monitor = Monitor.start()) {
            String id = queue.push("payload");

            await().until(() -> !queue.exists(id));
            assertThat(monitor.calls(queue))
                    .as("prepared, then committed")
                    .filteredOn(call ->
                            call.does("HSET", queue.key("prepared")) || call.does("HDEL", queue.key("prepared")))
                    .hasSize(2);
            await().until(() -> Database.contains(id));
        }
        assertThat(queue.prepared()).isEmpty();
        assertThat(queue.keys()).isEmpty();
    }

    @Test
    void rowAndAcknowledgmentRollBackTogether() throws Exception {
        Database.create();
        Queue queue = Redis.queue("transaction.database-rollback");
        Listeners.on(queue, (message, context) -> {
            Database.insert(message.id() + " " + message.deliveryCount());
            if (!message.redelivered()) {
                context.setRollbackOnly();
            }
        });

        String id = queue.push("payload");

        await().until(() -> Database.contains(id + " 2"));
        assertThat(Database.contains(id + " 1")).isFalse();
        await().until(() -> queue.keys().isEmpty());
    }

    @Test
    void messageIsRedeliveredWhenTheDatabaseRefusesItsRow() throws Exception {
        Database.create();
        Queue queue = Redis.queue("transaction.database-refuses");
        Script listener = Listeners.on(
                queue, (message, context) -> Database.insert(message.redelivered() ? message.id() : message.text()));
        transactions.committing(() -> {
            Database.insert("taken");
            return null;
        });

        String id = queue.push("taken");

        await().until(() -> Database.contains(id));
        await().until(() -> queue.keys().isEmpty());
        assertThat(listener.deliveries()).extracting(Delivery::count).containsExactly(1, 2);
    }

    @Test
    void messageIsRedeliveredWhenAnotherResourceRefusesToPrepare() {
        Queue queue = Redis.queue("transaction.prepare-refused");
        List<Map<String, String>> prepared = new CopyOnWriteArrayList<>();
        List<Map<String, String>> processing = new CopyOnWriteArrayList<>();
        Script listener = Listeners.on(queue, (message, context) -> {
            if (!message.redelivered()) {
                OtherResource.enlist(ServerTransactionManager.lookUp(), () -> {
                    prepared.add(queue.prepared());
                    processing.add(queue.processing());
                    OtherResource.refuse();
                });
            }
        });

        String id = queue.push("payload");

        await().until(() -> !queue.exists(id));
        boolean wasPrepared = !prepared.get(0).isEmpty(); // some servers prepare in the reverse order
        assertThat(prepared)
                .singleElement()
                .satisfies(branches -> assertThat(branches).hasSize(wasPrepared ? 1 : 0));
        assertThat(processing)
                .singleElement()
                .satisfies(entries -> assertThat(entries.containsValue("inf")).isEqualTo(wasPrepared));
        assertThat(queue.keys()).isEmpty();
        assertThat(listener.deliveries()).extracting(Delivery::count).containsExactly(1, 2);
    }

    @Test
    void messageClaimedByAnotherConsumerIsNotCommitted() {
        Queue queue = Redis.queue("transaction.taken-over");
        Queue next = Redis.queue("transaction.taken-over.next");
        Listeners.on(queue, (message, context) -> {
            Connections.send(next, "delivery " + message.deliveryCount());
            if (!message.redelivered()) {
                claimAgain(queue, message.id());
            }
        });

        queue.push("payload");

        await().until(() -> queue.keys().isEmpty());
        assertThat(next.bodies()).containsExactly("delivery 2");
    }

    @Test
    void messageClaimedByAnotherConsumerIsNotPrepared() throws Exception {
        Database.create();
        Queue queue = Redis.queue("transaction.taken-over-with-row");
        Listeners.on(queue, (message, context) -> {
            Database.insert(message.id() + " " + message.deliveryCount());
            if (!message.redelivered()) {
                claimAgain(queue, message.id());
            }
        });

        String id = queue.push("payload");

        await().until(() -> queue.keys().isEmpty());
        await().until(() -> Database.contains(id + " 2"));
        assertThat(Database.contains(id + " 1")).isFalse();
    }

    /** Another consumer claims the message, as after the end of its lease, and dies immediately. */
    private static void claimAgain(Queue queue, String id) {
        for (String entry : queue.processing().keySet()) {
            queue.call("ZREM", queue.key("processing"), entry);
        }
        queue.call("ZADD", queue.key("processing"), "1", id + " another");
    }

    @Test
    void messageSentWithARowIsPublishedWhenBothCommit() throws Exception {
        Database.create();
        Queue queue = Redis.queue("transaction.send-with-row");

        transactions.committing(() -> {
            Database.insert("sent with a row");
            Connections.send(queue, "payload");
            assertThat(queue.keys()).isEmpty();
            return null;
        });

        assertThat(queue.bodies()).containsExactly("payload");
        assertThat(queue.prepared()).isEmpty();
        assertThat(Database.contains("sent with a row")).isTrue();
    }

    @Test
    void messageSentWithARowIsDiscardedWhenBothRollBack() throws Exception {
        Database.create();
        Queue queue = Redis.queue("transaction.send-with-row-rollback");

        assertThatThrownBy(() -> transactions.committing(() -> {
                    Database.insert("not sent with a row");
                    Connections.send(queue, "payload");
                    throw new Transactions.Undo();
                }))
                .isNotNull();

        assertThat(queue.keys()).isEmpty();
        assertThat(Database.contains("not sent with a row")).isFalse();
    }

    @Test
    void stagedMessageIsRemovedWhenAnotherResourceRefusesToPrepare() {
        Queue queue = Redis.queue("transaction.send-refused");
        List<String> meanwhile = new CopyOnWriteArrayList<>();

        assertThatThrownBy(() -> transactions.committing(() -> {
                    AtomicBoolean last = new AtomicBoolean();
                    OtherResource.Preparation preparation = () -> {
                        if (last.getAndSet(true)) {
                            meanwhile.addAll(queue.keys());
                            OtherResource.refuse();
                        }
                    };
                    TransactionManager server = ServerTransactionManager.lookUp();
                    OtherResource.enlist(server, preparation); // one of the two prepares after Redis, in either order
                    Connections.send(queue, "payload");
                    OtherResource.enlist(server, preparation);
                    return null;
                }))
                .isNotNull();

        assertThat(meanwhile).as("staged, not ready").hasSize(2).doesNotContain(queue.key("ready"));
        assertThat(queue.keys()).isEmpty();
    }
}
