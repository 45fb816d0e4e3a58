// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.attributes;

import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;

/** An annotated method, with an attribute at the method. */
public class RequiresNewMethodEndpoint implements RedisQueueEndpoint {

    @RedisQueueListener
    @TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
    public void take(String body) {}
}
