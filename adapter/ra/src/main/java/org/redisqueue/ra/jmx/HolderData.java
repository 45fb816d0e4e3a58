// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import org.jspecify.annotations.Nullable;

/** Who has claimed a message, like {@link org.redisqueue.admin.Holder}. */
public interface HolderData {

    @Nullable
    String getServer();

    @Nullable
    String getHost();

    @Nullable
    String getListener();

    @Nullable
    Date getSince();
}
