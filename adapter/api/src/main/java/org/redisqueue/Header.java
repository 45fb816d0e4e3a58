// SPDX-License-Identifier: Apache-2.0
package org.redisqueue;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Binds a parameter of a {@link RedisQueueListener} method to the value of a message header.
 *
 * <p>Supported types are {@code String}, {@code Integer}, {@code Long}, {@code Double}, {@code BigInteger},
 * {@code BigDecimal} and {@code Boolean}, an {@code Optional} of one of these, and the primitive types {@code int},
 * {@code long}, {@code double} and {@code boolean}. If the message does not have the header, the parameter is null or,
 * for an {@code Optional}, empty.
 *
 * <p>A message is dead-lettered if the value of the header cannot be converted to the type of the parameter, or if the
 * message lacks the header of a primitive parameter.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Header {

    /** {@return the name of the header, which is case-insensitive} */
    String value();
}
