// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message with its body, like {@link org.redisqueue.admin.MessageDetails}. */
public interface MessageDetailsData {

    MessageData getSummary();

    Map<String, String> getHeaders();

    String getBody();

    boolean isBinary();

    boolean isTruncated();

    @Nullable
    String getMalformed();

    String getVersion();
}
