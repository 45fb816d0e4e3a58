// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Changes many messages in steps that do not block Redis. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
public final class JobOperations {

    private final RedisCalls calls;
    private final Keys keys;

    JobOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }
}
