// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.io.UncheckedIOException;
import java.net.URI;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.testing.OtherResource;
import org.redisqueue.ra.testing.RespConnection;

/**
 * Forwards the message, and interrupts its transaction between prepare and commit. The body is the address of the Redis that
 * the adapter uses.
 */
public class InterruptedListener extends ForwardingListener {

    @Override
    public void onMessage(RedisMessage message) {
        super.onMessage(message);
        if (!message.redelivered()) {
            OtherResource.enlist(ServerTransactionManager.lookUp(), () -> shutDown(URI.create(message.text())));
        }
    }

    private static void shutDown(URI redis) {
        try (RespConnection connection = Redis.connect(redis)) {
            connection.call("SHUTDOWN", "NOSAVE");
        } catch (UncheckedIOException e) {
            return; // ends without a reply
        }
        throw new IllegalStateException("Redis goes on");
    }
}
