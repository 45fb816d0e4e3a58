// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Dependent;
import jakarta.enterprise.inject.Produces;
import jakarta.enterprise.inject.spi.InjectionPoint;
import jakarta.enterprise.util.AnnotationLiteral;
import java.util.Collection;
import java.util.List;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.RedisTopic;
import org.redisqueue.RedisTopicPublisher;
import org.redisqueue.internal.QueueName;
import org.redisqueue.internal.TopicName;

/** Produces the senders and publishers to inject. */
@ApplicationScoped
public class Senders {

    @Produces
    @Dependent
    @RedisQueue("")
    RedisQueueSender sender(InjectionPoint point) {
        RedisQueue wanted = qualifier(point, RedisQueue.class);
        if (isLiteral(wanted)) {
            return new Sender(QueueName.require(wanted.value()), new BorrowedConnections(wanted.connectionFactory()));
        }
        return new Sender(
                Expressions.resolve(wanted.value()),
                new BorrowedConnections(Expressions.resolve(wanted.connectionFactory())));
    }

    @Produces
    @Dependent
    @RedisTopic("")
    RedisTopicPublisher publisher(InjectionPoint point) {
        RedisTopic wanted = qualifier(point, RedisTopic.class);
        if (isLiteral(wanted)) {
            return new Publisher(
                    TopicName.require(wanted.value()), new BorrowedConnections(wanted.connectionFactory()));
        }
        return new Publisher(
                Expressions.resolve(wanted.value()),
                new BorrowedConnections(Expressions.resolve(wanted.connectionFactory())));
    }

    private static <T> T qualifier(InjectionPoint point, Class<T> type) {
        return point.getQualifiers().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    /**
     * Returns whether the qualifier was created at run time, with {@link RedisQueue.Literal} or
     * {@link RedisTopic.Literal}. Such a qualifier may contain user input, which must not be able to read the
     * configuration, so its expressions are not replaced. In contrast, an annotation in the application's code is a proxy
     * that the JVM creates.
     */
    private static boolean isLiteral(Object qualifier) {
        return qualifier instanceof AnnotationLiteral;
    }

    /** Sends to one queue. */
    private record Sender(String queue, BorrowedConnections connections) implements RedisQueueSender {

        @Override
        public String send(Object body) {
            return connections.call(connection -> connection.send(queue, body));
        }

        @Override
        public List<String> sendAll(Collection<?> bodies) {
            return connections.call(connection -> connection.sendAll(queue, bodies));
        }

        @Override
        public boolean cancelScheduled(String id) {
            return connections.call(connection -> connection.cancelScheduled(queue, id));
        }

        @Override
        public String toString() {
            return "RedisQueueSender[" + queue + "]";
        }
    }

    /** Publishes to one topic. */
    private record Publisher(String topic, BorrowedConnections connections) implements RedisTopicPublisher {

        @Override
        public String publish(Object body) {
            return connections.call(connection -> connection.publish(topic, body));
        }

        @Override
        public List<String> publishAll(Collection<?> bodies) {
            return connections.call(connection -> connection.publishAll(topic, bodies));
        }

        @Override
        public String toString() {
            return "RedisTopicPublisher[" + topic + "]";
        }
    }
}
