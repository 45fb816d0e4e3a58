// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.enterprise.util.AnnotationLiteral;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.internal.QueueName;

/** Produces the senders to inject. */
@ApplicationScoped
public class Senders {

    @Produces
    @Dependent
    @RedisQueue("")
    RedisQueueSender sender(InjectionPoint point) {
        RedisQueue wanted = point.getQualifiers().stream()
                .filter(RedisQueue.class::isInstance)
                .map(RedisQueue.class::cast)
                .findFirst()
                .orElseThrow();
        if (isLiteral(wanted)) {
            return new Sender(QueueName.require(wanted.value()), wanted.connectionFactory());
        }
        return new Sender(Expressions.resolve(wanted.value()), Expressions.resolve(wanted.connectionFactory()));
    }

    /**
     * Returns whether the qualifier was created at run time with {@link RedisQueue.Literal}. Such a qualifier may
     * contain user input, which must not be able to read the configuration, so its expressions are not replaced. In
     * contrast, an annotation in the application's code is a proxy that the JVM creates.
     */
    private static boolean isLiteral(RedisQueue qualifier) {
        return qualifier instanceof AnnotationLiteral;
    }

    /** A sender that looks up its connection factory on first use, and again after a failure. */
    private static final class Sender implements RedisQueueSender {

        private interface Action<T> {
            T with(RedisQueueConnection connection);
        }

        private final String queue;
        private final String connectionFactory;
        private volatile @Nullable RedisQueueConnectionFactory found;

        private Sender(String queue, String connectionFactory) {
            this.queue = queue;
            this.connectionFactory = connectionFactory;
        }

        @Override
        public String send(Object body) {
            return call(connection -> connection.send(queue, body));
        }

        @Override
        public List<String> sendAll(Collection<?> bodies) {
            return call(connection -> connection.sendAll(queue, bodies));
        }

        @Override
        public boolean cancelScheduled(String id) {
            return call(connection -> connection.cancelScheduled(queue, id));
        }

        @Override
        public String toString() {
            return "RedisQueueSender[" + queue + "]";
        }

        private <T> T call(Action<T> action) {
            try (RedisQueueConnection connection = connect()) {
                return action.with(connection);
            }
        }

        private RedisQueueConnection connect() {
            RedisQueueConnectionFactory factory = found;
            if (factory != null) {
                try {
                    return factory.createConnection();
                } catch (RuntimeException e) {
                    found = null; // the adapter may have been redeployed
                }
            }
            factory = ConnectionFactories.find(connectionFactory);
            RedisQueueConnection connection = factory.createConnection();
            found = factory;
            return connection;
        }
    }
}
