// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.app;

import org.redisqueue.Header;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.it.app.Calls;

/** Listener methods that a bean inherits. */
public abstract class GenericParameters<T> {

    @RedisQueueListener(queue = "cdi.generic")
    void generic(T body, @Header("kind") String kind) {
        Calls.record("generic", body, kind);
    }

    /** Has no effect if it is overridden. */
    @RedisQueueListener(queue = "cdi.overridden")
    public void overridden(String body) {
        Calls.record("overridden", "not overridden");
    }
}
