// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.single;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisQueueListener;

/** A listener with invalid activation properties. */
@ApplicationScoped
public class OutOfRange {

    @RedisQueueListener(queue = "orders of today", maxConcurrency = 1001, properties = "lease=10")
    void receive(String body) {}
}
