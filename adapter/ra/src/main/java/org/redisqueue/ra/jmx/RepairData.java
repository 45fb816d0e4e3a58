// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

/** The result of a repair, like {@link org.redisqueue.admin.RepairReport}. */
public interface RepairData {

    FindingData[] getRepaired();

    FindingData[] getRemaining();
}
