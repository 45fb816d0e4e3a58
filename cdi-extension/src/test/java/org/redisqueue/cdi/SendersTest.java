// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.jboss.weld.junit5.WeldInitiator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueException;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.RedisTopic;
import org.redisqueue.RedisTopicPublisher;
import org.redisqueue.test.InMemoryQueues;

/** The queue of a sender. */
class SendersTest {

    private static final String NAME = "senders.test";

    private WeldContainer container;

    @ApplicationScoped
    static class Orders {

        @Inject
        @RedisQueue("orders-${senders.test:default}")
        RedisQueueSender sender;

        @Inject
        @RedisTopic("events-${senders.test:default}")
        RedisTopicPublisher publisher;

        String queue() {
            return sender.toString();
        }

        String topic() {
            return publisher.toString();
        }
    }

    @BeforeEach
    void start() {
        TestNaming.install();
        System.setProperty(NAME, "configured");
        Weld weld = WeldInitiator.createWeld()
                .addExtension(new RedisQueueExtension())
                .beanClasses(Orders.class, Listeners.class, Deliveries.class, Senders.class);
        container = weld.initialize();
    }

    @AfterEach
    void stop() {
        container.close();
        TestNaming.uninstall();
        System.clearProperty(NAME);
    }

    @Test
    void expressionsInAnnotationsAreReplaced() {
        assertThat(container.select(Orders.class).get().queue()).isEqualTo("RedisQueueSender[orders-configured]");
    }

    @Test
    void publishersUseTheTopicAndTheConnectionFactory() {
        assertThat(container.select(Orders.class).get().topic()).isEqualTo("RedisTopicPublisher[events-configured]");
        InMemoryQueues queues = bound(new InMemoryQueues().bind("events", "a").bind("events", "b"));
        RedisTopicPublisher publisher = container
                .select(RedisTopicPublisher.class, RedisTopic.Literal.of("events"))
                .get();

        String id = publisher.publish("x");
        publisher.publishAll(List.of("y", "z"));

        assertThat(queues.queue("a")).hasMessage(OutgoingMessage.of("x").id(id)).hasOnlyMessages("x", "y", "z");
        assertThat(queues.queue("b")).hasMessage(OutgoingMessage.of("x").id(id)).hasOnlyMessages("x", "y", "z");
        assertThatThrownBy(() -> container
                        .select(RedisTopicPublisher.class, RedisTopic.Literal.of("${senders.test}"))
                        .get())
                .hasMessageStartingWith("RQ-106 Invalid topic name");
    }

    @Test
    void expressionsInLiteralsAreNotReplaced() {
        assertThatThrownBy(() -> look("orders-${senders.test:default}"))
                .hasMessage(
                        "RQ-106 Invalid queue name 'orders-${senders.test:default}': must be 1 to 200 characters from"
                                + " A-Z a-z 0-9 . _ : -, optionally after a hash tag such as {shop}");
    }

    @Test
    void literalsNameAQueueVerbatim() {
        assertThat(look("mails")).hasToString("RedisQueueSender[mails]");
    }

    @Test
    void sendersUseTheConnectionFactoryInJndi() {
        InMemoryQueues queues = bound(new InMemoryQueues());
        look("mails").send("a");
        look("mails").sendAll(List.of("b", "c"));
        assertThat(queues.queue("mails")).hasOnlyMessages("a", "b", "c");
    }

    @Test
    void sendersCancelScheduledMessages() {
        InMemoryQueues queues = bound(new InMemoryQueues());
        String id = look("mails").send(OutgoingMessage.of("a").delay(Duration.ofHours(1)));
        assertThat(look("mails").cancelScheduled(id)).isTrue();
        assertThat(look("mails").cancelScheduled(id)).isFalse();
        assertThat(queues.queue("mails")).isEmpty();
    }

    @Test
    void senderJoinsTheTransactionOfItsCaller() {
        InMemoryQueues queues = bound(new InMemoryQueues());
        queues.inTransaction(() -> {
            look("mails").send("a");
            queues.transactions().setRollbackOnly();
        });
        assertThat(queues.queue("mails")).isEmpty();
    }

    @Test
    void senderFindsTheConnectionFactoryOfARedeployedAdapter() {
        InMemoryQueues stopped = bound(new InMemoryQueues() {
            private static final long serialVersionUID = 1L;
            private int connections;

            @Override
            public RedisQueueConnection createConnection() {
                if (++connections > 1) {
                    throw new RedisQueueException("stopped");
                }
                return super.createConnection();
            }
        });
        RedisQueueSender sender = look("mails");
        sender.send("a");
        InMemoryQueues redeployed = bound(new InMemoryQueues());
        sender.send("b");
        assertThat(stopped.queue("mails")).hasOnlyMessages("a");
        assertThat(redeployed.queue("mails")).hasOnlyMessages("b");
    }

    @Test
    void missingConnectionFactoryIsReported() {
        assertThatThrownBy(() -> look("mails").send("a")).hasMessageStartingWith("RQ-503 ");
    }

    private static InMemoryQueues bound(InMemoryQueues queues) {
        TestNaming.bind("java:/eis/RedisQueue", queues);
        return queues;
    }

    private RedisQueueSender look(String queue) {
        return container
                .select(RedisQueueSender.class, RedisQueue.Literal.of(queue))
                .get();
    }
}
