// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.util.List;

/**
 * The result of a repair.
 *
 * @param repaired the findings that were repaired
 * @param remaining the findings that were not repaired, because they require a decision or because they have changed
 */
public record RepairReport(List<Finding> repaired, List<Finding> remaining) {

    /**
     * Creates a report and copies its lists.
     *
     * @param repaired see {@link #repaired()}
     * @param remaining see {@link #remaining()}
     */
    public RepairReport {
        repaired = List.copyOf(repaired);
        remaining = List.copyOf(remaining);
    }
}
