// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import org.jspecify.annotations.Nullable;

/** A queue, like {@link org.redisqueue.admin.QueueStatus}. */
public interface QueueData {

    String getName();

    long getReady();

    long getScheduled();

    long getWaiting();

    long getRedelivering();

    long getDelivering();

    long getInDoubt();

    long getDead();

    @Nullable
    Double getOldestReadySeconds();

    boolean isPaused();

    @Nullable
    Date getPausedUntil();

    int getConsumers();

    long getDeliveredPerMinute();

    long getFailedPerMinute();
}
