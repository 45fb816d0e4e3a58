// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import jakarta.enterprise.util.AnnotationLiteral;
import jakarta.enterprise.util.Nonbinding;
import jakarta.inject.Qualifier;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Qualifies an injected {@link RedisQueueSender} with the queue that it sends to. Requires the CDI extension. */
@Qualifier
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.TYPE})
public @interface RedisQueue {

    /**
     * The name of the queue: 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}, optionally after a hash tag such as {@code {shop}}. It may contain
     * {@code ${name:default}}, as described for {@link RedisQueueListener}.
     *
     * @return the name of the queue
     */
    @Nonbinding
    String value();

    /**
     * The JNDI name of the connection factory. It may contain {@code ${name:default}}. If it is empty, the sender uses
     * the first of {@code java:/eis/RedisQueue}, {@code eis/RedisQueue} and {@code java:app/eis/RedisQueue} that
     * exists.
     *
     * @return the JNDI name, or an empty string for the default connection factory
     */
    @Nonbinding
    String connectionFactory() default "";

    /**
     * Supports programmatic lookup: {@code instance.select(RedisQueue.Literal.of("emails"))}.
     *
     * <p>Expressions such as {@code ${name}} are not replaced in a literal, because it may contain user input.
     */
    final class Literal extends AnnotationLiteral<RedisQueue> implements RedisQueue {

        private static final long serialVersionUID = 1L;

        /** The name of the queue. */
        private final String queue;

        /** The JNDI name of the connection factory, or an empty string for the default one. */
        private final String connectionFactory;

        private Literal(String queue, String connectionFactory) {
            this.queue = queue;
            this.connectionFactory = connectionFactory;
        }

        /**
         * Creates a qualifier for a queue of the default connection factory.
         *
         * @param queue the name of the queue
         * @return the qualifier
         */
        public static Literal of(String queue) {
            return new Literal(queue, "");
        }

        /**
         * Creates a qualifier for a queue of the given connection factory.
         *
         * @param queue the name of the queue
         * @param connectionFactory the JNDI name of the connection factory
         * @return the qualifier
         */
        public static Literal of(String queue, String connectionFactory) {
            return new Literal(queue, connectionFactory);
        }

        @Override
        public String value() {
            return queue;
        }

        @Override
        public String connectionFactory() {
            return connectionFactory;
        }
    }
}
