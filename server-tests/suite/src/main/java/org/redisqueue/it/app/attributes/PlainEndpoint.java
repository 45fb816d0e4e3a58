// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.attributes;

import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;

/** An annotated method, without a transaction attribute. */
public class PlainEndpoint implements RedisQueueEndpoint {

    @RedisQueueListener
    public void take(String body) {}
}
