// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Writes and reads the heartbeats of servers. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
public final class HeartbeatOperations {

    private final RedisCalls calls;
    private final Keys keys;

    HeartbeatOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }
}
