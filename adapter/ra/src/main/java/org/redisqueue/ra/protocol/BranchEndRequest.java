// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * The second phase of a two-phase commit of a branch.
 *
 * @param branch the id of the branch
 * @param home the queue that keeps the record of the branch
 * @param recovery whether a different process prepared the branch; if so, the outcome stays in Redis for that process
 * @param leaseMillis for a rollback, how long the consumer keeps the messages, 0 to 86,400,000 ms; 0 = they are due at
 *     once
 */
record BranchEndRequest(String branch, String home, boolean recovery, long leaseMillis) implements GroupCommit.Request {

    @Override
    public long bytes() {
        return 0;
    }
}
