// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of the messages in one place.
 *
 * @param messages the messages
 * @param next the cursor of the next page; null if this is the last page. A page that is not the last one may be empty
 */
public record MessagePage(
        List<MessageSummary> messages, @Nullable String next) {

    /** Copies the list. */
    public MessagePage {
        messages = List.copyOf(messages);
    }
}
