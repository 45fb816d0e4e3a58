// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.ejb.EJB;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.QueueCounts;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Queue;
import org.redisqueue.it.app.Redis;
import org.redisqueue.it.app.Transactions;
import org.redisqueue.it.server.Adapter;
import org.redisqueue.it.server.Archives;
import org.redisqueue.it.server.Beans;
import org.redisqueue.it.server.Capability;
import org.redisqueue.it.server.Shows;

/** Sending and receiving over connections of the container. */
@ExtendWith(ArquillianExtension.class)
@Adapter(Adapter.Deployment.STANDALONE)
@Shows(Capability.CONNECTIONS)
class ConnectionIT {

    private static final Duration LONG_ENOUGH = Duration.ofSeconds(10);

    @EJB
    private Transactions transactions;

    @Deployment
    static WebArchive application() {
        return Archives.with(ConnectionIT.class, Archives.war(Beans.of(Archives.STANDALONE)));
    }

    @Test
    void messageSentWithoutATransactionIsReadyImmediately() {
        Queue queue = Redis.queue("connection.send");
        try (RedisQueueConnection connection = Connections.open()) {
            String id =
                    connection.send(queue.name(), OutgoingMessage.of("payload").header("kind", "greeting"));

            assertThat(queue.ready()).containsExactly(id);
            assertThat(queue.values())
                    .singleElement()
                    .asString()
                    .matches("RQ/1\r\nsent: \\S+\r\nkind: greeting\r\n\r\npayload");
            assertThat(connection.counts(queue.name())).isEqualTo(new QueueCounts(1, 0, 0));
        }
    }

    @Test
    void messageSentInATransactionIsPublishedByItsCommit() {
        Queue queue = Redis.queue("connection.send-commit");
        List<String> meanwhile = new ArrayList<>();

        List<String> ids = transactions.committing(() -> {
            try (RedisQueueConnection connection = Connections.open()) {
                List<String> sent = connection.sendAll(queue.name(), List.of("first", "second"));
                meanwhile.addAll(queue.keys());
                return sent;
            }
        });

        assertThat(meanwhile).isEmpty();
        assertThat(queue.ready()).containsExactly(ids.get(1), ids.get(0));
    }

    @Test
    void scheduledMessageOfATransactionCanBeCanceledAfterItsCommit() {
        Queue queue = Redis.queue("connection.cancel");
        OutgoingMessage message = OutgoingMessage.of("payload").delay(Duration.ofHours(1));

        String id = transactions.committing(() -> Connections.send(queue, message));

        assertThat(queue.call("ZRANGE", queue.key("scheduled"), "0", "-1")).isEqualTo(List.of(id));
        try (RedisQueueConnection connection = Connections.open()) {
            assertThat(connection.cancelScheduled(queue.name(), id)).isTrue();
            assertThat(queue.keys()).isEmpty();
            assertThat(connection.cancelScheduled(queue.name(), id)).isFalse();
        }
    }

    @Test
    void messageSentInATransactionIsDiscardedWhenItRollsBack() {
        Queue queue = Redis.queue("connection.send-rollback");

        assertThatThrownBy(() -> transactions.committing(() -> {
                    Connections.send(queue, "payload");
                    throw new Transactions.Undo();
                }))
                .isNotNull();

        assertThat(queue.keys()).isEmpty();
    }

    @Test
    void messageReceivedWithoutATransactionIsAcknowledgedImmediately() {
        Queue queue = Redis.queue("connection.receive");
        queue.push("payload");
        try (RedisQueueConnection connection = Connections.open()) {
            assertThat(connection.receive(queue.name(), Duration.ZERO))
                    .map(RedisMessage::text)
                    .contains("payload");
            assertThat(queue.keys()).isEmpty();
        }
    }

    @Test
    void messageReceivedInATransactionIsAcknowledgedByItsCommit() {
        Queue queue = Redis.queue("connection.receive-commit");
        String id = queue.push("payload");

        transactions.committing(() -> {
            try (RedisQueueConnection connection = Connections.open()) {
                assertThat(connection.receive(queue.name(), LONG_ENOUGH)).isPresent();
                assertThat(queue.exists(id)).isTrue();
                return null;
            }
        });

        assertThat(queue.keys()).isEmpty();
    }

    @Test
    void messageReceivedInATransactionReturnsWhenItRollsBack() {
        Queue queue = Redis.queue("connection.receive-rollback");
        String id = queue.push("payload");

        assertThatThrownBy(() -> transactions.committing(() -> {
                    try (RedisQueueConnection connection = Connections.open()) {
                        connection.receive(queue.name(), LONG_ENOUGH).orElseThrow();
                        throw new Transactions.Undo();
                    }
                }))
                .isNotNull();

        assertThat(queue.exists(id)).isTrue();
        try (RedisQueueConnection connection = Connections.open()) {
            long start = System.nanoTime();
            assertThat(connection.receive(queue.name(), LONG_ENOUGH))
                    .get()
                    .returns(id, RedisMessage::id)
                    .returns(2, RedisMessage::deliveryCount);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .as("when it is due, one second later")
                    .isLessThan(Duration.ofSeconds(4));
        }
        assertThat(queue.keys()).isEmpty();
    }

    @Test
    void messageSentWhileReceiveWaitsIsReceived() {
        Queue queue = Redis.queue("connection.receive-wait");
        Thread sender = new Thread(() -> {
            try (var blocked = Redis.connect()) {
                // Waits until the adapter has found the queue empty.
                blocked.call("BLPOP", queue.key("test"), "1");
            }
            queue.push("payload");
        });
        sender.start();
        try (RedisQueueConnection connection = Connections.open()) {
            assertThat(connection.receive(queue.name(), LONG_ENOUGH))
                    .map(RedisMessage::text)
                    .contains("payload");
        }
    }

    @Test
    void receiveReturnsEmptyAfterItsTimeout() {
        try (RedisQueueConnection connection = Connections.open()) {
            connection.receive("connection.receive-nothing", Duration.ZERO); // connects
            long start = System.nanoTime();
            assertThat(connection.receive("connection.receive-nothing", Duration.ofMillis(300)))
                    .isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(300), Duration.ofSeconds(2));
        }
    }
}
