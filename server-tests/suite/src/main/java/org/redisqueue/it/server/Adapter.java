// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** How a test class wants the resource adapter deployed, before its application is. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface Adapter {

    Deployment value();

    /** Where the adapter is. */
    enum Deployment {
        /** By itself, for all applications. */
        STANDALONE,
        /** In the application, and nowhere else. */
        IN_APPLICATION
    }
}
