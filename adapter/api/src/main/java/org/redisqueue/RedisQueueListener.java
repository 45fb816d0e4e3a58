// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that handles the messages of one queue: of a message-driven bean that is a {@link RedisQueueEndpoint},
 * or, with the CDI extension, of any CDI bean.
 *
 * <p>Its parameters without {@link Header} begin with the message: {@link RedisMessage} as it is, or its body as
 * {@code String}, as {@code byte[]}, or as any other type, which is read from JSON by the container's JSON-B. In a CDI
 * bean those that follow it are injected. In a message-driven bean there are none, and the method is public. It is
 * never static. What the method returns is not used unless it has {@link SendTo}. A method that cannot be
 * called like this fails the deployment.
 *
 * <p>The members other than {@link #queue} are for CDI beans: a message-driven bean has its activation configuration. In
 * the values of a CDI bean, but for {@link #name}, {@code ${name}} stands for a configured value and {@code ${name:default}}
 * for one that need not be configured. Its source is MicroProfile Config, where the server has it, else the system
 * properties and then the environment.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RedisQueueListener {

    /**
     * The queue to consume: 1 to 200 characters of {@code A-Za-z0-9._:-}. In a message-driven bean it can be left
     * empty: the activation property {@code queue} names it then, and where the bean has a single listener method, that
     * property also wins over this one.
     */
    String queue() default "";

    /**
     * What the listener is called in logs, in {@link RedisQueueListeners} and in the deployment descriptor; unique in
     * the application. Left empty, it is the simple name of the bean's class, a dot and the name of the method.
     */
    String name() default "";

    /** How many messages are delivered at a time: 1 to 1,000, 15 where it is 0 and no property says otherwise. */
    int maxConcurrency() default 0;

    /** Any of the properties that the activation of a message-driven bean has, each as {@code name=value}. */
    String[] properties() default {};

    /**
     * The JNDI name of the connection factory whose resource adapter delivers; left empty, the one that the deployment
     * descriptor names for all listeners, or else {@code java:/eis/RedisQueue} or {@code eis/RedisQueue}.
     */
    String connectionFactory() default "";

    /** Whether the application may do without: where there is no such connection factory, it only says so in the log. */
    boolean optional() default false;
}
