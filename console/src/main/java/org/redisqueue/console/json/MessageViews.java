// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import jakarta.json.JsonObject;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.Holder;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessagePage;
import org.redisqueue.admin.MessageSummary;

/** Messages in JSON. */
public final class MessageViews {

    private MessageViews() {}

    public static JsonObject page(MessagePage page) {
        return new Fields()
                .add(
                        "messages",
                        Fields.list(page.messages(), message -> summary(message).build()))
                .add("next", page.next())
                .build();
    }

    public static JsonObject details(MessageDetails message) {
        return summary(message.summary())
                .add("headers", Fields.texts(message.headers()))
                .add("body", message.body())
                .add("binary", message.binary())
                .add("truncated", message.truncated())
                .add("malformed", message.malformed())
                .add("version", message.version())
                .build();
    }

    private static Fields summary(MessageSummary message) {
        return new Fields()
                .add("id", message.id())
                .add("key", MessageIds.encode(message.id()))
                .add("place", message.place())
                .add("size", message.size())
                .add("sent", message.sent())
                .add("since", message.since())
                .add("due", message.due())
                .add("expires", message.expires())
                .add("deliveries", message.deliveries())
                .add("reason", message.reason())
                .add("holder", holder(message.holder()))
                .add("branch", message.branch())
                .add("group", message.group())
                .add("priority", message.priority());
    }

    private static @Nullable JsonObject holder(@Nullable Holder holder) {
        if (holder == null) {
            return null;
        }
        return new Fields()
                .add("server", holder.server())
                .add("host", holder.host())
                .add("listener", holder.listener())
                .add("since", holder.since())
                .build();
    }
}
