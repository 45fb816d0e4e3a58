// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import org.jspecify.annotations.Nullable;

/** An operation on many messages, like {@link org.redisqueue.admin.Job}. */
public interface JobData {

    String getId();

    String getQueue();

    String getAction();

    String getState();

    long getDone();

    long getTotal();

    long getChanged();

    Date getStarted();

    @Nullable
    String getFailure();
}
