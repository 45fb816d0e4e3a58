// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

/** The result of unbinding a queue, like {@link org.redisqueue.admin.UnbindReport}. */
public interface UnbindData {

    boolean isUnbound();

    QueueData getRemaining();

    int getPreparedBranches();
}
