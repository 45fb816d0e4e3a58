// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import org.jspecify.annotations.Nullable;

/** A prepared transaction branch, like {@link org.redisqueue.admin.InDoubtBranch}. */
public interface BranchData {

    String getXid();

    String getQueue();

    @Nullable
    Date getPrepared();

    @Nullable
    Double getAgeSeconds();

    @Nullable
    String getOwner();

    ReferenceData[] getConsumed();

    ReferenceData[] getSent();

    @Nullable
    String getMalformed();
}
