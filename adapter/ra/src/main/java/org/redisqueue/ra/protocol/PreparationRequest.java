// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * The first phase of a two-phase commit of a branch.
 *
 * @param branch the id of the branch
 * @param home the queue that keeps the record of the branch
 * @param consumed the leases of the messages that the commit acknowledges
 * @param sent the messages that the commit publishes
 */
record PreparationRequest(String branch, String home, List<Lease> consumed, List<SendRequest> sent)
        implements GroupCommit.Request {

    PreparationRequest {
        consumed = List.copyOf(consumed);
        sent = List.copyOf(sent);
    }

    @Override
    public long bytes() {
        return SendRequest.bytes(sent);
    }
}
