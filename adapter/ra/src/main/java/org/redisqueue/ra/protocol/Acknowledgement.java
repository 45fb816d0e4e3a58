// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * How an acknowledgement went.
 *
 * @param lost the leases that were not held any more; if there is one, nothing was done
 * @param there how many of those messages are there all the same: then they were not completed, by anybody
 * @param takenOver how many of those leases another consumer has taken over: then nothing was ever done under them. It is
 *     told for an hour after the takeover
 * @param duplicates the messages that were not sent, as their ids were in use
 */
public record Acknowledgement(List<Lease> lost, int there, int takenOver, List<Publication> duplicates) {

    public boolean done() {
        return lost.isEmpty();
    }
}
