// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * The second phase of a branch, forward.
 *
 * @param branch its id
 * @param home the queue that its record is kept with
 */
record Commit(String branch, String home) implements SharedCalls.Request {

    @Override
    public long bytes() {
        return 0;
    }
}
