// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Reads the records of prepared branches. */
@SuppressWarnings({"UnusedVariable", "DoNotCallSuggester"}) // SKELETON
public final class BranchAdminOperations {

    private final RedisCalls calls;
    private final Keys keys;

    BranchAdminOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }
}
