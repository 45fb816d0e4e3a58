// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.annotated;

import org.redisqueue.Header;
import org.redisqueue.RedisQueueEndpoint;
import org.redisqueue.RedisQueueListener;

/** A listener method with an invalid parameter list. */
public class TwoBodies implements RedisQueueEndpoint {

    @RedisQueueListener
    public void order(String text, byte[] bytes, @Header("kind") String kind) {}
}
