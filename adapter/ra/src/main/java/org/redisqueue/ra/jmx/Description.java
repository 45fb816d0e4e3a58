// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Describes a management bean, an attribute, an operation or a parameter in management consoles. */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
@interface Description {

    String value();

    /** Whether an operation changes something. */
    boolean changes() default false;
}
