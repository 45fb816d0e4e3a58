// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import org.jspecify.annotations.Nullable;

/** A message without its body, like {@link org.redisqueue.admin.MessageSummary}. */
public interface MessageData {

    String getId();

    String getPlace();

    long getSize();

    @Nullable
    Date getSent();

    @Nullable
    Date getSince();

    @Nullable
    Date getDue();

    @Nullable
    Date getExpires();

    int getDeliveries();

    @Nullable
    String getReason();

    @Nullable
    HolderData getHolder();

    @Nullable
    String getBranch();

    @Nullable
    String getGroup();

    int getPriority();
}
