// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Has what a {@link RedisQueueListener} method of a CDI bean returns sent to a queue, in the transaction of the delivery.
 *
 * <p>It is sent as {@link RedisQueueConnection#send(String, Object)} would: a {@code String}, a {@code byte[]}, an
 * {@link OutgoingMessage}, or any other object as JSON. Nothing is sent for null and for an empty {@code Optional}; of
 * one that is not empty, the value is sent. The method must not be {@code void}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface SendTo {

    /** The queue: 1 to 200 characters of {@code A-Za-z0-9._:-}; may have {@code ${name:default}} in it. */
    String value();
}
