// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Map;
import java.util.Set;

/**
 * The branches that are prepared in Redis.
 *
 * @param queues the queues that were looked at
 * @param homes the queues that keep a record of a branch, by its id: one, unless somebody has copied the record
 * @param unreadable the queues whose branches cannot be listed, and why
 * @param unused the queues that hold nothing at all; always empty in a cluster
 */
public record PreparedBranches(
        Set<String> queues,
        Map<String, Set<String>> homes,
        Map<String, RedisCallException> unreadable,
        Set<String> unused) {

    /** None, as long as nobody has looked. */
    public static final PreparedBranches NONE = new PreparedBranches(Set.of(), Map.of(), Map.of(), Set.of());

    /** Whether a branch that is not among them is not prepared. */
    public boolean isComplete() {
        return unreadable.isEmpty();
    }
}
