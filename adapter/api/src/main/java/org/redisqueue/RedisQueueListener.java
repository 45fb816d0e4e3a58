// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method as the listener of one queue. The method belongs to a message-driven bean that implements
 * {@link RedisQueueEndpoint} or, with the CDI extension, to any CDI bean.
 *
 * <p><b>Parameters.</b> The first parameter without {@link Header} receives the message, either as a
 * {@link RedisMessage} or as its body: a {@code String}, a {@code byte[]}, or any other type, which the container's
 * JSON-B deserializes from JSON. Further parameters without {@code @Header} are injected in a CDI bean, and are not
 * allowed in a message-driven bean. A message that cannot be converted to the parameters is dead-lettered.
 *
 * <p><b>Method.</b> The method must not be static. In a message-driven bean, it must be public. The return value is
 * ignored unless the method is annotated with {@link SendTo} or {@link PublishTo}. A method or a parameter list that does not meet these
 * requirements fails the deployment.
 *
 * <p><b>Members.</b> A message-driven bean may set only {@link #queue} and {@link #topic}; all other settings belong to its activation
 * configuration.
 *
 * <p><b>Expressions.</b> In a CDI bean, the values of all string members except {@link #name} may contain
 * {@code ${name}}, which stands for a configured value, and {@code ${name:default}}, which supplies a default if no
 * value is configured. Values come from MicroProfile Config if the server provides it, and otherwise from the system
 * properties or, failing that, the environment variables.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RedisQueueListener {

    /**
     * The queue to consume: 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}, optionally after a hash tag such as {@code {shop}}. In a message-driven bean, it may be
     * empty: the activation property {@code queue} then names the queue. If the bean has a single listener method, that
     * property also takes precedence over this member.
     *
     * @return the name of the queue, or an empty string
     */
    String queue() default "";

    /**
     * The topic to bind the queue to: 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}. The queue is bound when the
     * listener is activated. No later than one second after that, it gets each message that is
     * {@linkplain RedisQueueConnection#publish published} to the topic, even while the listener is stopped or undeployed.
     * In a message-driven bean, the activation property {@code topic} applies if this member is empty or the bean has a
     * single listener method.
     *
     * @return the name of the topic, or an empty string if the queue is not bound by this listener
     */
    String topic() default "";

    /**
     * The name of the listener in log messages, in {@link RedisQueueListeners} and in the deployment descriptor. It
     * must be unique in the application. The default is the simple name of the bean class, a dot, and the name of the
     * method.
     *
     * @return the name of the listener, or an empty string for the default
     */
    String name() default "";

    /**
     * Maximum number of concurrent deliveries, 1 to 1,000. With 0, the property {@code maxConcurrency} applies, whose
     * default is 15.
     *
     * @return the maximum number of deliveries, or 0
     */
    int maxConcurrency() default 0;

    /**
     * Maximum number of messages per call, 1 to 1,000. The method is then a batch listener: its first parameter is a
     * {@code List} of {@link RedisMessage} or of any type that a single message can be converted to, and no parameter has
     * {@link Header}. One transaction covers the whole list. If it is rolled back, each message is delivered in a list of
     * its own, and only a failure of that delivery counts. A message that cannot be converted is dead-lettered, and the
     * others are delivered. A {@link SendTo} method sends one message per call. With 0, each call receives one message.
     *
     * @return the maximum number of messages, or 0
     */
    int batch() default 0;

    /** {@return activation properties, as for a message-driven bean, each in the form {@code name=value}} */
    String[] properties() default {};

    /**
     * The JNDI name of the connection factory whose resource adapter delivers the messages. If it is empty, the
     * listener uses the connection factory that the deployment descriptor names for all listeners or, failing that, the
     * first of {@code java:/eis/RedisQueue}, {@code eis/RedisQueue} and {@code java:app/eis/RedisQueue} that exists.
     *
     * @return the JNDI name, or an empty string
     */
    String connectionFactory() default "";

    /**
     * Whether the deployment continues without the connection factory. If true, the server logs that the listener
     * waits, and the listener starts when the connection factory becomes available. If false, the deployment fails if
     * the connection factory does not become available within ten seconds.
     *
     * @return true to deploy without the connection factory
     */
    boolean optional() default false;
}
