// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Defines a configuration property on the field that stores it. The field determines the name and the type of the
 * property. Validation, the deployment descriptor and the table in the documentation are derived from this definition.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Property {

    /** The purpose of the property, in a few sentences that end with a period. */
    String description();

    /** The default value as text; empty if there is none. */
    String defaultValue() default "";

    /** The minimum of a numeric property. */
    double min() default Double.NEGATIVE_INFINITY;

    /** The maximum of a numeric property. */
    double max() default Double.POSITIVE_INFINITY;

    /** The unit of a numeric property, as written after the number; empty if there is none. */
    String unit() default "";

    /** The regular expression that a string value must match; empty to allow every value. */
    String pattern() default "";

    /** A description of the allowed values; if empty, it is derived from the type, the minimum and the maximum. */
    String range() default "";

    /** Whether the value is a secret, which is never printed. */
    boolean confidential() default false;
}
