// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import org.redisson.client.RedisConnectionException;

/** Failures of calls, for tests of their callers. */
public final class CallFailures {

    private CallFailures() {}

    /** A call that Redis has answered with an error. */
    public static RedisCallException refused() {
        return RedisCallException.refused("claim", "The claim arrived too late");
    }

    /** A call whose reply was lost with the connection. */
    public static RedisCallException lost() {
        return RedisCallException.of("claim", new RedisConnectionException("closed"));
    }
}
