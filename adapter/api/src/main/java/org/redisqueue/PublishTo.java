// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Publishes the return value of a {@link RedisQueueListener} method of a CDI bean to a topic, in the transaction of the
 * delivery.
 *
 * <p>The return value is published as if by {@link RedisQueueConnection#publish(String, Object)}: it is a {@code String}, a
 * {@code byte[]}, an {@link OutgoingMessage}, or any other object, which is serialized as JSON. If it is an
 * {@code Optional}, its value is published. If it is null or an empty {@code Optional}, nothing is published. The method must not
 * be {@code void}. It can also be annotated with {@link SendTo}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface PublishTo {

    /**
     * The name of the topic: 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}. It may contain
     * {@code ${name:default}}, as described for {@link RedisQueueListener}.
     *
     * @return the name of the topic
     */
    String value();
}
