// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of the messages in one place.
 *
 * @param messages the messages
 * @param next the cursor of the next page; null if this is the last page. Pages before the last one may be empty
 */
public record MessagePage(
        List<MessageSummary> messages, @Nullable String next) {

    /**
     * Creates a page and copies the list.
     *
     * @param messages see {@link #messages()}
     * @param next see {@link #next()}
     */
    public MessagePage {
        messages = List.copyOf(messages);
    }
}
