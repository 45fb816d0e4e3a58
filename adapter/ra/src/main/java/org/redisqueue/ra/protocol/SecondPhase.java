// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * The second phase of a branch.
 *
 * @param branch its id
 * @param home the queue that its record is kept with
 * @param recovery whether another process has prepared the branch, which is told the outcome
 * @param leaseMillis with a rollback, for how long its consumer keeps the messages; 0 = they are due at once
 */
record SecondPhase(String branch, String home, boolean recovery, long leaseMillis) implements GroupCommit.Request {

    @Override
    public long bytes() {
        return 0;
    }
}
