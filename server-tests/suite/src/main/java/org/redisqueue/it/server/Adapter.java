// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.server;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Determines how the resource adapter is deployed for a test class. */
@Target(ElementType.TYPE)
@Inherited
@Retention(RetentionPolicy.RUNTIME)
public @interface Adapter {

    Deployment value();

    /** Ways to deploy the adapter. */
    enum Deployment {
        /** On its own, for all applications. */
        STANDALONE,
        /** In the application only. */
        IN_APPLICATION
    }
}
