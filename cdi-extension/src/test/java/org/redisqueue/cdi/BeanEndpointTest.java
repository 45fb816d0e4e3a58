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
import java.util.Optional;
import org.jboss.weld.environment.se.Weld;
import org.jboss.weld.environment.se.WeldContainer;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.spi.Delivery;
import org.redisqueue.spi.DeliveryResult;
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

    private static DeliveryResult attempt(Deliveries deliveries) {
        try (WeldContainer container =
                new Weld().disableDiscovery().addBeanClass(Listener.class).initialize()) {
            BeanManager manager = container.getBeanManager();
            Bean<?> bean = manager.resolve(manager.getBeans(Listener.class));
            AnnotatedType<Listener> type = manager.createAnnotatedType(Listener.class);
            ListenerDefinition definition = new ListenerDefinition(
                    bean, type, type.getMethods().iterator().next(), manager);
            return new BeanEndpoint(
                            definition,
                            Optional.empty(),
                            Optional::empty,
                            deliveries,
                            manager,
                            stub(UserTransaction.class, Status.STATUS_NO_TRANSACTION))
                    .attempt(stub(Delivery.class, TestMessage.of("x")));
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
