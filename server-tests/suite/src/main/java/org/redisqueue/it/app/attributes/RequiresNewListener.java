// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.attributes;

import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** The listener interface, with an attribute at the class. */
@TransactionAttribute(TransactionAttributeType.REQUIRES_NEW)
public class RequiresNewListener implements RedisMessageListener {

    @Override
    public void onMessage(RedisMessage message) {}
}
