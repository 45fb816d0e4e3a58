// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.util.List;

/**
 * The result of a repair.
 *
 * @param repaired the damages that were repaired
 * @param remaining the damages that were not repaired: those that need a decision, and those that had changed
 */
public record RepairReport(List<Finding> repaired, List<Finding> remaining) {

    /** Copies the lists. */
    public RepairReport {
        repaired = List.copyOf(repaired);
        remaining = List.copyOf(remaining);
    }
}
