// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.single;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisQueueListener;

/** A listener whose adapter is missing. */
@ApplicationScoped
public class Elsewhere {

    @RedisQueueListener(queue = "cdi-failing.elsewhere", connectionFactory = "java:/eis/Elsewhere")
    void receive(String body) {}
}
