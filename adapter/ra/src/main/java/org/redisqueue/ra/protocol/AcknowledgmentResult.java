// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * The result of an acknowledgment.
 *
 * @param lost the leases that are no longer held; if there are any, the transaction had no effect
 * @param duplicates the messages that were not sent because their ids are in use
 */
public record AcknowledgmentResult(List<Lease> lost, List<SendRequest> duplicates) {

    /** Whether the transaction took effect. */
    public boolean done() {
        return lost.isEmpty();
    }
}
