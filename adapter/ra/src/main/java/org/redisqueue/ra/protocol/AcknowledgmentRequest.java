// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * A transaction that commits in one phase.
 *
 * @param consumed the leases of the messages that it acknowledges
 * @param sent the messages that it publishes
 */
record AcknowledgmentRequest(List<Lease> consumed, List<SendRequest> sent) implements GroupCommit.Request {

    AcknowledgmentRequest {
        consumed = List.copyOf(consumed);
        sent = List.copyOf(sent);
    }

    /** Whether the transaction neither consumes nor sends a message. */
    boolean isEmpty() {
        return consumed.isEmpty() && sent.isEmpty();
    }

    @Override
    public String home() {
        return consumed.isEmpty() ? sent.get(0).queue() : consumed.get(0).queue();
    }

    @Override
    public long bytes() {
        return SendRequest.bytes(sent);
    }
}
