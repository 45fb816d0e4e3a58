// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * The first phase of a branch.
 *
 * @param branch its id
 * @param home the queue that its record is kept with
 * @param consumed the messages that its commit completes
 * @param sent those that its commit publishes
 */
record Preparation(String branch, String home, List<Lease> consumed, List<Publication> sent)
        implements GroupCommit.Request {

    Preparation {
        consumed = List.copyOf(consumed);
        sent = List.copyOf(sent);
    }

    @Override
    public long bytes() {
        return Publication.bytes(sent);
    }
}
