// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

/** The result of a check, like {@link org.redisqueue.admin.CheckReport}. */
public interface CheckData {

    int getQueues();

    long getMessages();

    FindingData[] getFindings();

    String[] getSkipped();
}
