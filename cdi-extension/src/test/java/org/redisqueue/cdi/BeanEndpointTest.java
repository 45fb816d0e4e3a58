// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.spi.AnnotatedType;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.transaction.Status;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import jakarta.transaction.UserTransaction;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;
import org.redisqueue.spi.UnreadableMessageException;
import org.redisqueue.test.TestMessage;

/** The results of calls to a listener method, without a container that runs transactions. */
class BeanEndpointTest {

    @ApplicationScoped
    static class Listener {

        @Transactional(TxType.NOT_SUPPORTED)
        @RedisQueueListener(queue = "a")
        void receive(RedisMessage message) {}
    }

    @Test
    void listenerThatReturnsHasCompleted() {
        assertThat(attempt(new Deliveries()).thrown()).isEmpty();
    }

    @Test
    void listenerThatAnInterceptorDoesNotCallHasFailed() {
        Deliveries skipping = new Deliveries() {
            @Override
            public void withoutTransaction(Delivery delivery, Call call) {}
        };
        assertThat(attempt(skipping).thrown())
                .hasValueSatisfying(failure -> assertThat(failure)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessage("The listener was not called."));
    }

    @ApplicationScoped
    static class BatchListener {

        private static final List<List<Integer>> CALLS = new ArrayList<>();

        @Transactional(TxType.NOT_SUPPORTED)
        @RedisQueueListener(queue = "a", batch = 50)
        void receive(List<Integer> numbers) {
            CALLS.add(numbers);
        }
    }

    /** A delivery of these messages. */
    private static final class BatchDelivery implements Delivery {

        private final List<RedisMessage> messages;
        private final List<RedisMessage> excluded = new ArrayList<>();
        private boolean begun;

        private BatchDelivery(String... bodies) {
            messages = Arrays.stream(bodies).<RedisMessage>map(TestMessage::of).toList();
        }

        @Override
        public RedisMessage message() {
            return messages.get(0);
        }

        @Override
        public List<RedisMessage> messages() {
            return messages;
        }

        @Override
        public void exclude(RedisMessage message, UnreadableMessageException reason) {
            excluded.add(message);
        }

        @Override
        public void begin(RedisQueueConnection connection) {
            begun = true;
        }

        @Override
        public void begin() {
            begun = true;
        }
    }

    @Test
    void batchIsCalledWithTheMessagesThatCanBeRead() {
        BatchListener.CALLS.clear();
        BatchDelivery delivery = new BatchDelivery("1", "no number", "3");

        assertThat(attempt(BatchListener.class, new Deliveries(), delivery).thrown())
                .isEmpty();
        assertThat(delivery.excluded).containsExactly(delivery.messages.get(1));
        assertThat(BatchListener.CALLS).containsExactly(List.of(1, 3));
    }

    @Test
    void batchWithoutReadableMessagesDoesNotBegin() {
        BatchListener.CALLS.clear();
        BatchDelivery delivery = new BatchDelivery("no number");

        assertThat(attempt(BatchListener.class, new Deliveries(), delivery).thrown())
                .isEmpty();
        assertThat(delivery.begun).isFalse();
        assertThat(BatchListener.CALLS).isEmpty();
    }

    private static DeliveryResult attempt(Deliveries deliveries) {
        return attempt(Listener.class, deliveries, stub(Delivery.class, TestMessage.of("x")));
    }

    private static <T> DeliveryResult attempt(Class<T> listener, Deliveries deliveries, Delivery delivery) {
        try (WeldContainer container =
                new Weld().disableDiscovery().addBeanClass(listener).initialize()) {
            BeanManager manager = container.getBeanManager();
            Bean<?> bean = manager.resolve(manager.getBeans(listener));
            AnnotatedType<T> type = manager.createAnnotatedType(listener);
            ListenerDefinition definition = new ListenerDefinition(
                    bean, type, type.getMethods().iterator().next(), manager);
            return new BeanEndpoint(
                            definition,
                            Optional.empty(),
                            Optional.empty(),
                            Optional::empty,
                            deliveries,
                            manager,
                            stub(UserTransaction.class, Status.STATUS_NO_TRANSACTION))
                    .attempt(delivery);
        }
    }

    /** Returns an object whose methods all return this value. */
    private static <T> T stub(Class<T> type, Object result) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> method.getReturnType() == void.class ? null : result));
    }
}
