// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A change that an operator has requested, like {@link org.redisqueue.admin.AuditEntry}. */
public interface AuditEntryData {

    String getId();

    Date getAt();

    String getActor();

    String getVia();

    String getAction();

    @Nullable
    String getQueue();

    Map<String, String> getDetails();

    @Nullable
    String getFailure();
}
