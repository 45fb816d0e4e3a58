// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.single;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisQueueListener;

/** Its adapter is not there, and need not be. */
@ApplicationScoped
public class Optional {

    @RedisQueueListener(queue = "cdi-failing.optional", connectionFactory = "java:/eis/Elsewhere", optional = true)
    void receive(String body) {}
}
