// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.library;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.SendTo;

/** Forwards each body in the transaction of the delivery. */
@ApplicationScoped
public class Relaying {

    public static final String QUEUE = "cdi.library";
    public static final String NEXT = "cdi.library.done";

    @RedisQueueListener(queue = QUEUE)
    @SendTo(NEXT)
    String relay(String body) {
        return body;
    }
}
