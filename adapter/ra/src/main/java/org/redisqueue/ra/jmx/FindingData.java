// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import org.jspecify.annotations.Nullable;

/** A damage, like {@link org.redisqueue.admin.Finding}. */
public interface FindingData {

    String getKind();

    String getQueue();

    @Nullable
    String getId();

    String getDescription();

    boolean isRepairable();
}
