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

/** Qualifies an injected {@link RedisTopicPublisher} with the topic that it publishes to. Requires the CDI extension. */
@Qualifier
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.TYPE})
public @interface RedisTopic {

    /**
     * The name of the topic: 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}. It may contain
     * {@code ${name:default}}, as described for {@link RedisQueueListener}.
     *
     * @return the name of the topic
     */
    @Nonbinding
    String value();

    /**
     * The JNDI name of the connection factory. It may contain {@code ${name:default}}. If it is empty, the publisher uses
     * the first of {@code java:/eis/RedisQueue}, {@code eis/RedisQueue} and {@code java:app/eis/RedisQueue} that
     * exists.
     *
     * @return the JNDI name, or an empty string for the default connection factory
     */
    @Nonbinding
    String connectionFactory() default "";

    /**
     * Supports programmatic lookup: {@code instance.select(RedisTopic.Literal.of("orders"))}.
     *
     * <p>Expressions such as {@code ${name}} are not replaced in a literal, because it may contain user input.
     */
    final class Literal extends AnnotationLiteral<RedisTopic> implements RedisTopic {

        private static final long serialVersionUID = 1L;

        /** The name of the topic. */
        private final String topic;

        /** The JNDI name of the connection factory, or an empty string for the default one. */
        private final String connectionFactory;

        private Literal(String topic, String connectionFactory) {
            this.topic = topic;
            this.connectionFactory = connectionFactory;
        }

        /**
         * Creates a qualifier for a topic of the default connection factory.
         *
         * @param topic the name of the topic
         * @return the qualifier
         */
        public static Literal of(String topic) {
            return new Literal(topic, "");
        }

        /**
         * Creates a qualifier for a topic of the given connection factory.
         *
         * @param topic the name of the topic
         * @param connectionFactory the JNDI name of the connection factory
         * @return the qualifier
         */
        public static Literal of(String topic, String connectionFactory) {
            return new Literal(topic, connectionFactory);
        }

        @Override
        public String value() {
            return topic;
        }

        @Override
        public String connectionFactory() {
            return connectionFactory;
        }
    }
}
