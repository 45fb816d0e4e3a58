// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import org.redisqueue.RedisMessage;

/** A scripted listener without a container transaction. */
public class UntransactedListener extends ScriptedListener {

    @Override
    @TransactionAttribute(TransactionAttributeType.NOT_SUPPORTED)
    public void onMessage(RedisMessage message) {
        super.onMessage(message);
    }
}
