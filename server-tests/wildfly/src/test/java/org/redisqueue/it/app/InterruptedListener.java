// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app;

import java.io.UncheckedIOException;
import java.net.URI;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.testing.RespConnection;

/**
 * Forwards, and has its transaction interrupted between its two phases, when it is prepared and not committed. The body
 * is the address of the adapter's Redis.
 */
public class InterruptedListener extends ForwardingListener {

    @Override
    public void onMessage(RedisMessage message) {
        super.onMessage(message);
        if (!message.redelivered()) {
            OtherResource.enlist(() -> shutDown(URI.create(message.text())));
        }
    }

    private static void shutDown(URI redis) {
        try (RespConnection connection = Redis.connect(redis)) {
            connection.call("SHUTDOWN", "NOSAVE");
        } catch (UncheckedIOException e) {
            return; // it ends without an answer
        }
        throw new IllegalStateException("Redis goes on");
    }
}
