// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.telemetry.app;

import jakarta.enterprise.context.ApplicationScoped;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.SendTo;

/** Forwards each order in the transaction of its delivery; rejects those that begin with "bad". */
@ApplicationScoped
public class Approval {

    public static final String APPROVED = "telemetry.approved";

    @RedisQueueListener(queue = OrdersResource.ORDERS)
    @SendTo(APPROVED)
    String approve(String text) {
        if (text.startsWith("bad")) {
            throw new IllegalStateException("not approved");
        }
        return text;
    }
}
