// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Reads and changes single messages. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
public final class MessageOperations {

    private final RedisCalls calls;
    private final Keys keys;

    MessageOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }
}
