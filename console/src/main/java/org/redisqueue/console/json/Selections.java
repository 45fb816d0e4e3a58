// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import java.time.Duration;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;

/** Reads selections: {@code {"ids":[…]}}, {@code {"filter":{…}}} or {@code {"all":true}}. */
public final class Selections {

    private Selections() {}

    public static MessageSelection read(RequestBody body) {
        int given = (body.has("ids") ? 1 : 0) + (body.has("filter") ? 1 : 0) + (body.flag("all") ? 1 : 0);
        if (given != 1) {
            throw new QueueAdminException(
                    Kind.INVALID, "Select messages with exactly one of 'ids', 'filter' and 'all': true.");
        }
        try {
            if (body.has("ids")) {
                return MessageSelection.ids(body.texts("ids"));
            }
            return body.has("filter") ? filter(body) : MessageSelection.all();
        } catch (IllegalArgumentException e) {
            throw new QueueAdminException(Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static MessageSelection filter(RequestBody body) {
        RequestBody filter = body.object("filter", "reasonContains", "olderThanSeconds", "header");
        MessageSelection selection = MessageSelection.all();
        String reason = filter.optionalText("reasonContains");
        if (reason != null) {
            selection = selection.reasonContains(reason);
        }
        if (filter.has("olderThanSeconds")) {
            selection = selection.olderThan(Duration.ofSeconds(filter.number("olderThanSeconds")));
        }
        if (filter.has("header")) {
            RequestBody header = filter.object("header", "name", "value");
            selection = selection.header(header.text("name"), header.text("value"));
        }
        if (selection.equals(MessageSelection.all())) {
            throw new QueueAdminException(Kind.INVALID, "The filter has no condition. Select everything with 'all'.");
        }
        return selection;
    }
}
