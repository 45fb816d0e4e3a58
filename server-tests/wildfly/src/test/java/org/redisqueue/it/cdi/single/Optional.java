// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.single;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisQueueListener;

/** A listener whose adapter is missing, and optional. */
@ApplicationScoped
public class Optional {

    @RedisQueueListener(queue = "cdi-failing.optional", connectionFactory = "java:/eis/Elsewhere", optional = true)
    void receive(String body) {}
}
