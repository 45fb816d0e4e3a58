// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.util.List;

/**
 * The result of a check.
 *
 * @param queues the number of queues that were checked
 * @param messages the number of messages that were checked
 * @param findings the damages that every pass has found
 * @param skipped what could not be checked, and why
 */
public record CheckReport(int queues, long messages, List<Finding> findings, List<String> skipped) {

    /** Copies the lists. */
    public CheckReport {
        findings = List.copyOf(findings);
        skipped = List.copyOf(skipped);
    }
}
