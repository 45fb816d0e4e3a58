// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import org.jspecify.annotations.Nullable;

/** A part of the messages in one place, like {@link org.redisqueue.admin.MessagePage}. */
public interface MessagePageData {

    MessageData[] getMessages();

    @Nullable
    String getNext();
}
