// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Map;
import java.util.Set;

/**
 * The branches that are prepared in Redis.
 *
 * @param queues the queues that were searched
 * @param homes the queues that keep the record of a branch, by branch id: one queue, unless the record was copied
 * @param unreadable the queues whose branches cannot be listed, and the reasons
 * @param unused the queues that have no keys; always empty in a cluster
 */
public record BranchListingResult(
        Set<String> queues,
        Map<String, Set<String>> homes,
        Map<String, RedisCallException> unreadable,
        Set<String> unused) {

    /** No branches: the value before the first listing. */
    public static final BranchListingResult NONE = new BranchListingResult(Set.of(), Map.of(), Map.of(), Set.of());

    /** Whether the list is complete, so that a branch that is not listed is certainly not prepared. */
    public boolean isComplete() {
        return unreadable.isEmpty();
    }
}
