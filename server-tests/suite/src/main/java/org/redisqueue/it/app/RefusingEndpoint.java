// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;

/** An annotated listener method that accepts only {@code good}. */
public class RefusingEndpoint implements RedisQueueEndpoint {

    @RedisQueueListener
    public void take(String body) {
        if (!body.equals("good")) {
            throw new UnsupportedOperationException("no " + body);
        }
    }
}
