// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.util.List;

/**
 * The result of a check.
 *
 * @param queues the number of queues that were checked
 * @param messages the number of messages that were checked
 * @param findings the damage that all passes found
 * @param skipped what could not be checked, and why
 */
public record CheckReport(int queues, long messages, List<Finding> findings, List<String> skipped) {

    /**
     * Creates a report and copies its lists.
     *
     * @param queues see {@link #queues()}
     * @param messages see {@link #messages()}
     * @param findings see {@link #findings()}
     * @param skipped see {@link #skipped()}
     */
    public CheckReport {
        findings = List.copyOf(findings);
        skipped = List.copyOf(skipped);
    }
}
