// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import jakarta.annotation.Resource;
import jakarta.ejb.MessageDrivenContext;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** A listener whose behavior a test sets; declared once for each queue. */
public class ScriptedListener implements RedisMessageListener {

    @Resource
    private MessageDrivenContext context;

    @Override
    public void onMessage(RedisMessage message) {
        try {
            Listeners.of(message.queue()).play(message, context);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
