// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Sends the return value of a {@link RedisQueueListener} method of a CDI bean to a queue, in the transaction of the
 * delivery.
 *
 * <p>The return value is sent as if by {@link RedisQueueConnection#send(String, Object)}: it is a {@code String}, a
 * {@code byte[]}, an {@link OutgoingMessage}, or any other object, which is serialized as JSON. If it is an
 * {@code Optional}, its value is sent. If it is null or an empty {@code Optional}, nothing is sent. The method must not
 * be {@code void}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface SendTo {

    /**
     * The name of the queue: 1 to 200 characters from {@code A-Z a-z 0-9 . _ : -}, optionally after a hash tag such as {@code {shop}}. It may contain
     * {@code ${name:default}}, as described for {@link RedisQueueListener}.
     *
     * @return the name of the queue
     */
    String value();
}
