// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.json;

import jakarta.json.JsonObject;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.admin.InDoubtBranch.MessageReference;
import org.redisqueue.admin.ServerStatus;

/** Servers and transaction branches in JSON. */
public final class ServerViews {

    private ServerViews() {}

    public static JsonObject server(ServerStatus server) {
        return new Fields()
                .add("id", server.id())
                .add("host", server.host())
                .add("pid", server.pid())
                .add("applicationServer", server.applicationServer())
                .add("version", server.version())
                .add("started", server.started())
                .add("lastHeartbeat", server.lastHeartbeat())
                .add("alive", server.alive())
                .add("stopped", server.stopped())
                .add("unrouted", server.unrouted())
                .add("listeners", Fields.list(server.listeners(), ServerViews::listener))
                .build();
    }

    private static JsonObject listener(ServerStatus.Listener listener) {
        return new Fields()
                .add("name", listener.name())
                .add("queue", listener.queue())
                .add("concurrency", listener.concurrency())
                .add("active", listener.active())
                .add("oldestDeliverySince", listener.oldestDeliverySince())
                .add("delivered", listener.delivered())
                .add("failed", listener.failed())
                .add("deadLettered", listener.deadLettered())
                .add("lastFailure", listener.lastFailure())
                .add("lastFailureAt", listener.lastFailureAt())
                .add("paused", listener.paused())
                .add("breakerOpen", listener.breakerOpen())
                .add("connected", listener.connected())
                .build();
    }

    public static JsonObject branch(InDoubtBranch branch) {
        return new Fields()
                .add("xid", branch.xid())
                .add("queue", branch.queue())
                .add("prepared", branch.prepared())
                .addSeconds("ageSeconds", branch.age())
                .add("owner", branch.owner())
                .add("consumed", Fields.list(branch.consumed(), ServerViews::reference))
                .add("sent", Fields.list(branch.sent(), ServerViews::reference))
                .add("malformed", branch.malformed())
                .build();
    }

    private static JsonObject reference(MessageReference message) {
        return new Fields()
                .add("queue", message.queue())
                .add("id", message.id())
                .add("key", MessageIds.encode(message.id()))
                .build();
    }
}
