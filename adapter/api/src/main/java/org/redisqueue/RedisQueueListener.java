// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method that handles the messages of one queue.
 *
 * <p>The method is public and not static. One of its parameters may be the message: {@link RedisMessage} as it is, or
 * its body as {@code String}, as {@code byte[]}, or as any other type, which is read from JSON by the container's
 * JSON-B. All its other parameters carry {@link Header}. What it returns is not used. A method that cannot be called
 * like this fails the deployment.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface RedisQueueListener {

    /**
     * The queue to consume: 1 to 200 characters of {@code A-Za-z0-9._:-}. Left empty, the activation property
     * {@code queue} names it; where the bean has a single listener method, that property also wins over this one.
     */
    String queue() default "";
}
