// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Finds and repairs damaged queues. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
public final class ConsistencyOperations {

    private final RedisCalls calls;
    private final Keys keys;

    ConsistencyOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }
}
