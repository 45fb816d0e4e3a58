// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * How an acknowledgement went.
 *
 * @param lost the leases that are not held; if there is one, nothing was done
 * @param duplicates the messages that were not sent, as their ids are in use
 */
public record Acknowledgement(List<Lease> lost, List<Publication> duplicates) {

    public boolean done() {
        return lost.isEmpty();
    }
}
