// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.attributes;

import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** The listener interface, with an attribute at the method. */
public class NeverMethodListener implements RedisMessageListener {

    @Override
    @TransactionAttribute(TransactionAttributeType.NEVER)
    public void onMessage(RedisMessage message) {}
}
