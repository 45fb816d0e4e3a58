// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import org.jspecify.annotations.Nullable;

/** A listener of a server, like {@link org.redisqueue.admin.ServerStatus.Listener}. */
public interface ListenerData {

    String getName();

    String getQueue();

    int getConcurrency();

    int getActive();

    @Nullable
    Date getOldestDeliverySince();

    long getDelivered();

    long getFailed();

    long getDeadLettered();

    @Nullable
    String getLastFailure();

    @Nullable
    Date getLastFailureAt();

    boolean isPaused();

    boolean isBreakerOpen();

    boolean isConnected();
}
