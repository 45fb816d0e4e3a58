// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Writes and reads the audit. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
public final class AuditOperations {

    private final RedisCalls calls;
    private final Keys keys;

    AuditOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }
}
