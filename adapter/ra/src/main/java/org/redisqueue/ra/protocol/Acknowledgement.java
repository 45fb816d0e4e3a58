// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * How an acknowledgement went.
 *
 * @param lost the leases that were not held any more; if there is one, nothing was done
 * @param duplicates the messages that were not sent, as their ids were in use
 */
public record Acknowledgement(List<Lease> lost, List<Publication> duplicates) {

    public boolean done() {
        return lost.isEmpty();
    }
}
