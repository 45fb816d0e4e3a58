// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.ApplicationException;
import jakarta.ejb.MessageDriven;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.redisqueue.Header;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;

/** What becomes of the messages that a message-driven bean consumes, whether from Redis or in memory. */
abstract class ListenerContract {

    final String name = "listener-contract-" + UUID.randomUUID();

    /** Sends a message to the queue of the test. */
    abstract void send(Object body);

    /** Returns the queue of the test. */
    abstract TestQueue queue();

    /** Lets at least this time pass for the queue. */
    abstract void letTimePass(Duration time) throws Exception;

    /** Delivers the messages of the queue until each is acknowledged or a dead letter. */
    abstract void deliverAll(Object bean) throws Exception;

    /** Marks the transaction of a delivery for rollback. */
    abstract void setRollbackOnly();

    public record Order(String item) {}

    @ApplicationException(rollback = true)
    public static class Undone extends Exception {
        private static final long serialVersionUID = 1L;
    }

    @ApplicationException
    public static class Declined extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** What a bean does with a message. */
    interface Action {
        void run(RedisMessage message) throws Exception;
    }

    @MessageDriven(
            activationConfig = {
                @ActivationConfigProperty(propertyName = "maxDeliveries", propertyValue = "3"),
                @ActivationConfigProperty(propertyName = "redeliveryDelay", propertyValue = "1")
            })
    public static class Bean implements RedisQueueEndpoint {

        final List<Integer> deliveries = new CopyOnWriteArrayList<>();
        private Action action = message -> {};

        @RedisQueueListener
        public void receive(RedisMessage message) throws Exception {
            deliveries.add(message.deliveryCount());
            action.run(message);
        }
    }

    @MessageDriven(
            activationConfig = {
                @ActivationConfigProperty(propertyName = "maxDeliveries", propertyValue = "2"),
                @ActivationConfigProperty(propertyName = "redeliveryDelay", propertyValue = "1"),
                @ActivationConfigProperty(propertyName = "onExpiry", propertyValue = "dead-letter"),
                @ActivationConfigProperty(propertyName = "maxConcurrency", propertyValue = "1")
            })
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public static class Untransacted implements RedisMessageListener {

        final List<Integer> deliveries = new CopyOnWriteArrayList<>();

        @Override
        public void onMessage(RedisMessage message) {
            deliveries.add(message.deliveryCount());
            if (message.text().equals("broken")) {
                throw new IllegalStateException("A broken item");
            }
        }
    }

    @MessageDriven
    public static class Converting implements RedisQueueEndpoint {

        final List<Order> orders = new CopyOnWriteArrayList<>();

        @RedisQueueListener
        public void receive(Order order, @Header("count") int count) {
            orders.add(order);
        }
    }

    private Bean delivered(Action action) throws Exception {
        Bean bean = new Bean();
        bean.action = action;
        send("x");
        deliverAll(bean);
        return bean;
    }

    @Test
    void messageIsAcknowledgedByTheCommit() throws Exception {
        assertThat(delivered(message -> {}).deliveries).containsExactly(1);
        assertThat(queue()).isEmpty();
    }

    @Test
    void messageIsRedeliveredUntilItSucceeds() throws Exception {
        Bean bean = delivered(message -> {
            if (message.deliveryCount() < 3) {
                throw new IllegalStateException("not yet");
            }
        });
        assertThat(bean.deliveries).containsExactly(1, 2, 3);
        assertThat(queue()).isEmpty();
    }

    @Test
    void messageThatKeepsFailingBecomesADeadLetter() throws Exception {
        Bean bean = delivered(message -> {
            throw new IllegalStateException("A broken item");
        });
        assertThat(bean.deliveries).containsExactly(1, 2, 3);
        assertThat(queue())
                .hasMessageCount(0)
                .hasDeadLetter("java.lang.IllegalStateException: A broken item")
                .hasDeadLetterSatisfying(
                        message -> assertThat(message.deliveryCount()).isEqualTo(3));
    }

    @Test
    void applicationExceptionAcknowledges() throws Exception {
        assertThat(delivered(message -> {
                            throw new IOException("checked");
                        })
                        .deliveries)
                .containsExactly(1);
        assertThat(delivered(message -> {
                            throw new Declined();
                        })
                        .deliveries)
                .containsExactly(1);
        assertThat(queue()).isEmpty();
    }

    @Test
    void applicationExceptionThatRollsBackRedelivers() throws Exception {
        Bean bean = delivered(message -> {
            throw new Undone();
        });
        assertThat(bean.deliveries).containsExactly(1, 2, 3);
        assertThat(queue()).hasDeadLetter(Undone.class.getName());
    }

    @Test
    void markForRollbackRedelivers() throws Exception {
        assertThat(delivered(message -> setRollbackOnly()).deliveries).containsExactly(1, 2, 3);
        assertThat(queue()).hasDeadLetter("The transaction was rolled back without an exception from the listener");
    }

    @Test
    void applicationExceptionDoesNotCommitATransactionMarkedForRollback() throws Exception {
        Bean bean = delivered(message -> {
            setRollbackOnly();
            throw new IOException("checked");
        });
        assertThat(bean.deliveries).containsExactly(1, 2, 3);
        assertThat(queue()).hasDeadLetter("java.io.IOException: checked");
    }

    @Test
    void messageWithoutATransactionIsAcknowledgedWhenTheListenerReturns() throws Exception {
        Untransacted bean = new Untransacted();
        send("x");
        deliverAll(bean);
        assertThat(bean.deliveries).containsExactly(1);
        assertThat(queue()).isEmpty();
    }

    @Test
    void messageWithoutATransactionIsRedeliveredAfterAnException() throws Exception {
        Untransacted bean = new Untransacted();
        send("broken");
        deliverAll(bean);
        assertThat(bean.deliveries).containsExactly(1, 2);
        assertThat(queue()).hasDeadLetter("java.lang.IllegalStateException: A broken item");
    }

    @Test
    void unreadableMessageBecomesADeadLetterWithoutADelivery() throws Exception {
        Converting bean = new Converting();
        send(OutgoingMessage.of("[1]").header("count", "1"));
        send(OutgoingMessage.of(new Order("pen")).header("count", "two"));
        send(OutgoingMessage.of(new Order("book")).header("count", "2"));
        deliverAll(bean);
        assertThat(bean.orders).containsExactly(new Order("book"));
        assertThat(queue())
                .hasMessageCount(0)
                .hasDeadLetter("RQ-113 The body cannot be deserialized from JSON as " + Order.class.getName())
                .hasDeadLetter("RQ-125 Parameter 'count' cannot be read");
        assertThat(queue().deadLetters())
                .allSatisfy(message -> assertThat(message.deliveryCount()).isEqualTo(1));
    }

    @Test
    void expiredMessageIsDropped() throws Exception {
        send(OutgoingMessage.of("late").timeToLive(Duration.ofMillis(1)));
        letTimePass(Duration.ofMillis(5));
        assertThat(delivered(message -> {}).deliveries).containsExactly(1);
        assertThat(queue()).isEmpty();
    }

    @Test
    void expiredMessageBecomesADeadLetterIfTheBeanSaysSo() throws Exception {
        send(OutgoingMessage.of("late").timeToLive(Duration.ofMillis(1)));
        letTimePass(Duration.ofMillis(5));
        Untransacted bean = new Untransacted();
        deliverAll(bean);
        assertThat(bean.deliveries).isEmpty();
        assertThat(queue()).hasMessageCount(0).hasDeadLetter("It expired before it was acknowledged");
    }
}
