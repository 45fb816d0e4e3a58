// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * The result of preparing a branch. If it reports anything, the preparation had no effect.
 *
 * @param lost the leases that are no longer held
 * @param refused the messages because of whose deduplication keys the branch cannot be prepared
 * @param exists whether a branch with this id is already prepared
 */
public record PreparationResult(List<Lease> lost, List<KeyConflict> refused, boolean exists) {

    static final PreparationResult PREPARED = new PreparationResult(List.of(), List.of(), false);

    /** Whether this call has prepared the branch. */
    public boolean done() {
        return lost.isEmpty() && refused.isEmpty() && !exists;
    }

    static PreparationResult of(PreparationRequest branch, List<Object> entry) {
        List<Lease> lost = Reply.named(branch.consumed(), Reply.list(entry.get(1)));
        List<KeyConflict> refused =
                entry.size() > 2 ? KeyConflict.of(branch.sent(), Reply.list(entry.get(2))) : List.of();
        return new PreparationResult(lost, refused, lost.isEmpty() && refused.isEmpty());
    }
}
