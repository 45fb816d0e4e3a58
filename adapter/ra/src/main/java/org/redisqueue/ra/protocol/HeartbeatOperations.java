// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Writes and reads the heartbeats of servers. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
public final class HeartbeatOperations {

    private final RedisCalls calls;
    private final Keys keys;

    /** The deliveries of a queue that have ended: how many were acknowledged, and how many failed. */
    public record Deliveries(long delivered, long failed) {

        /** The sum of both. */
        public Deliveries plus(Deliveries other) {
            return new Deliveries(delivered + other.delivered, failed + other.failed);
        }
    }

    HeartbeatOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }
}
