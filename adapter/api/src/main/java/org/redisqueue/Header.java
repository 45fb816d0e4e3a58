// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a parameter of a {@link RedisQueueListener} method that takes the value of a header.
 *
 * <p>The parameter is a {@code String}, a number ({@code int}, {@code long}, {@code double}, their classes,
 * {@code BigInteger}, {@code BigDecimal}), a {@code boolean}, or an {@code Optional} of one of these classes. Where the
 * message does not have the header, the parameter is null or an empty Optional. A message whose header cannot be read
 * like this, or lacks the header for a primitive type, is a dead letter.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Header {

    /** The header's name; compared without regard to case. */
    String value();
}
