// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Defines a configuration property where it is stored: the field's name and type are the property's. Validation, the
 * deployment descriptor and the documentation's table all come from this.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Property {

    /** What it is for, in a sentence or two. */
    String description();

    /** The default as text; empty for none. */
    String defaultValue() default "";

    /** The smallest value of a number. */
    double min() default Double.NEGATIVE_INFINITY;

    /** The largest value of a number. */
    double max() default Double.POSITIVE_INFINITY;

    /** The unit of a number, as it stands after it. */
    String unit() default "";

    /** What a text must match, a regular expression; empty for anything. */
    String pattern() default "";

    /** The pattern in words. */
    String range() default "";

    /** True for a secret, which is never printed. */
    boolean confidential() default false;
}
