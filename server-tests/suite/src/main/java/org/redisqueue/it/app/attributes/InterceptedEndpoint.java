// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.attributes;

import jakarta.transaction.Transactional;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;

/** An annotated method that an interceptor would run in a separate transaction. */
public class InterceptedEndpoint implements RedisQueueEndpoint {

    @RedisQueueListener
    @Transactional(Transactional.TxType.REQUIRES_NEW)
    public void take(String body) {}
}
