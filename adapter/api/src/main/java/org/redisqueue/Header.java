// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a {@code String} parameter of a {@link RedisQueueListener} method that takes the value of a header; null where
 * the message does not have it.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Header {

    /** The header's name; compared without regard to case. */
    String value();
}
