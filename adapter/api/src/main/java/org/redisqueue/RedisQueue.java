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

/** Qualifies an injected {@link RedisQueueSender} by its queue; needs the CDI extension. */
@Qualifier
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.METHOD, ElementType.TYPE})
public @interface RedisQueue {

    /** The queue: 1 to 200 characters of {@code A-Za-z0-9._:-}; may have {@code ${name:default}} in it. */
    @Nonbinding
    String value();

    /**
     * The JNDI name of the connection factory; may have {@code ${name:default}} in it. Left empty,
     * {@code java:/eis/RedisQueue} or {@code eis/RedisQueue}.
     */
    @Nonbinding
    String connectionFactory() default "";

    /**
     * For programmatic lookup: {@code instance.select(RedisQueue.Literal.of("mails"))}. Names are taken as they are:
     * expressions are replaced in annotations only.
     */
    final class Literal extends AnnotationLiteral<RedisQueue> implements RedisQueue {

        private static final long serialVersionUID = 1L;

        private final String queue;
        private final String connectionFactory;

        private Literal(String queue, String connectionFactory) {
            this.queue = queue;
            this.connectionFactory = connectionFactory;
        }

        /** A queue of the default connection factory. */
        public static Literal of(String queue) {
            return new Literal(queue, "");
        }

        /** A queue of the connection factory with this JNDI name. */
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
