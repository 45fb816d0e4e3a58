// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The capability that a test, or each test of a class, demonstrates. An annotation of the method overrides that of the class. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
public @interface Shows {

    Capability value();
}
