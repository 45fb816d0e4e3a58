// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.enterprise.context.SessionScoped;
import jakarta.transaction.Transactional;
import java.io.Serializable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.redisqueue.PublishTo;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.SendTo;

/** A listener that cannot be deployed cannot be tested. */
class RefusedListenersTest {

    private final InMemoryQueues queues = new InMemoryQueues();

    @MessageDriven
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    static class Independent implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    @MessageDriven
    @Transactional(Transactional.TxType.NOT_SUPPORTED)
    static class Intercepted implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    @MessageDriven
    static class Replying implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "orders")
        @SendTo("receipts")
        public String receive(String text) {
            return text;
        }
    }

    @MessageDriven
    static class Hidden implements RedisQueueEndpoint {
        @RedisQueueListener(queue = "orders")
        void receive(String text) {}
    }

    static class IndependentMethod {
        @Transactional(Transactional.TxType.REQUIRES_NEW)
        @RedisQueueListener(queue = "orders")
        void receive(String text) {}
    }

    @Retention(RetentionPolicy.RUNTIME)
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    @interface Separately {}

    static class WithStereotype {
        @Separately
        @RedisQueueListener(queue = "orders")
        void receive(String text) {}
    }

    static class SilentReply {
        @RedisQueueListener(queue = "orders")
        @SendTo("receipts")
        void receive(String text) {}
    }

    static class SilentPublication {
        @RedisQueueListener(queue = "orders")
        @PublishTo("events")
        void receive(String text) {}
    }

    static class OfNoTopic {
        @RedisQueueListener(queue = "orders", topic = "no topic")
        void receive(String text) {}
    }

    static class Static {
        @RedisQueueListener(queue = "orders")
        static void receive(String text) {}
    }

    @SessionScoped
    static class OfASession implements Serializable {
        private static final long serialVersionUID = 1L;

        @RedisQueueListener(queue = "orders")
        void receive(String text) {}
    }

    static class QueueAsProperty {
        @RedisQueueListener(queue = "orders", properties = "queue=others")
        void receive(String text) {}
    }

    static class OfNoRate {
        @RedisQueueListener(queue = "orders", properties = "rateLimit=fast")
        void receive(String text) {}
    }

    static Stream<Arguments> refused() {
        return Stream.of(
                Arguments.of(new Independent(), "RQ-133 ", "REQUIRES_NEW"),
                Arguments.of(new Intercepted(), "RQ-133 ", "@Transactional(NOT_SUPPORTED)"),
                Arguments.of(new Replying(), "RQ-117 ", "@SendTo and @PublishTo are not supported"),
                Arguments.of(new Hidden(), "RQ-117 ", "it must be public and not static"),
                Arguments.of(new IndependentMethod(), "RQ-501 ", "it is @Transactional(REQUIRES_NEW)"),
                Arguments.of(new WithStereotype(), "RQ-501 ", "it is @Transactional(REQUIRES_NEW)"),
                Arguments.of(new SilentReply(), "RQ-501 ", "it has @SendTo, but returns void"),
                Arguments.of(new SilentPublication(), "RQ-501 ", "it has @PublishTo, but returns void"),
                Arguments.of(new OfNoTopic(), "RQ-501 ", "RQ-106 Invalid topic name 'no topic'"),
                Arguments.of(new Static(), "RQ-501 ", "it must not be static"),
                Arguments.of(new OfASession(), "RQ-501 ", "its bean is @SessionScoped"),
                Arguments.of(new OfNoRate(), "RQ-101 ", "'rateLimit' is 'fast', but must be 1 to 1,000,000 per"),
                Arguments.of(new QueueAsProperty(), "RQ-501 ", "must be set as @RedisQueueListener(queue = …)"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void deliveryIsRefused(Object listener, String id, String reason) {
        queues.sender("orders").send("x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queues.deliverAll("orders", listener))
                .withMessageStartingWith(id)
                .withMessageContaining(reason);
        assertThatIllegalArgumentException().isThrownBy(() -> queues.deliver(TestMessage.of("x"), listener));
        assertThat(queues.queue("orders")).hasOnlyMessages("x");
    }

    static class Limited {
        @RedisQueueListener(
                queue = "orders",
                properties = {"rateLimit=1/h", "maxQueueConcurrency=1"})
        void receive(String text) {}
    }

    @Test
    void limitsHaveNoEffect() {
        queues.sender("orders").send("x");
        queues.sender("orders").send("y");
        queues.deliverAll("orders", new Limited());
        assertThat(queues.queue("orders")).isEmpty();
    }

    static class OfOrders {
        @RedisQueueListener(queue = "orders")
        void receive(String text) {}
    }

    @MessageDriven(
            activationConfig =
                    @ActivationConfigProperty(
                            propertyName = "queue",
                            propertyValue = "${refused.listeners.queue:orders}"))
    static class BeanOfOrders implements RedisMessageListener {
        @Override
        public void onMessage(RedisMessage message) {}
    }

    @Test
    void listenerOfADifferentQueueIsRefused() {
        queues.sender("order").send("x");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queues.deliverAll("order", new OfOrders()))
                .withMessage("Listener 'OfOrders.receive' consumes queue 'orders', not 'order'.");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> queues.deliverNext("order", new BeanOfOrders()))
                .withMessage("Listener 'BeanOfOrders.onMessage' consumes queue 'orders', not 'order'.");
        queues.deliver(TestMessage.of("x"), new OfOrders());
    }
}
