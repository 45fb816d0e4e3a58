// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.single;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisQueueListener;

/** A listener whose application is probed. */
@ApplicationScoped
public class Watched {

    @RedisQueueListener(queue = "health.watched")
    void receive(String body) {}
}
