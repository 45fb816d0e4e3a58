// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;

/** The deliveries of the last minutes, like {@link org.redisqueue.admin.QueueHistory}. */
public interface HistoryData {

    String getQueue();

    Date getFirstMinute();

    long[] getDelivered();

    long[] getFailed();
}
