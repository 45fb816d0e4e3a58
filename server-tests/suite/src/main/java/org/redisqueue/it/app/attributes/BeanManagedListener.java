// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.attributes;

import jakarta.annotation.Resource;
import jakarta.ejb.TransactionManagement;
import jakarta.ejb.TransactionManagementType;
import jakarta.transaction.UserTransaction;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Redis;

/**
 * Forwards each message in a bean-managed transaction. The first delivery rolls back and fails; the second one commits.
 */
@TransactionManagement(TransactionManagementType.BEAN)
public class BeanManagedListener implements RedisMessageListener {

    @Resource
    private UserTransaction transaction;

    @Override
    public void onMessage(RedisMessage message) {
        try {
            transaction.begin();
            Connections.send(Redis.queue(message.queue() + ".done"), "delivery " + message.deliveryCount());
            if (message.redelivered()) {
                transaction.commit();
            } else {
                transaction.rollback();
                throw new IllegalStateException("the first time");
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
