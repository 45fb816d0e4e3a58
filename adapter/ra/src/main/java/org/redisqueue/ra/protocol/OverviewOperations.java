// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Reads the state of queues: how many messages are in each place, pauses, and the history of deliveries. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
public final class OverviewOperations {

    private final RedisCalls calls;
    private final Keys keys;

    OverviewOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }
}
