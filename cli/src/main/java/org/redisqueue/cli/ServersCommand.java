// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.admin.ServerStatus.Listener;
import org.redisqueue.cli.Output.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** Lists the servers and their listeners. */
@Command(name = "servers", description = "Lists the servers and their listeners.")
final class ServersCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init") // set by picocli
    private RedisQueueCommand parent;

    private static final List<Column<ServerStatus>> SERVERS = List.of(
            Column.text("SERVER", ServerStatus::id),
            Column.text("HOST", ServerStatus::host),
            Column.number("PID", ServerStatus::pid),
            Column.text("APPLICATION SERVER", ServerStatus::applicationServer),
            Column.text("VERSION", ServerStatus::version),
            Column.text("STARTED", ServerStatus::started),
            Column.text("LAST HEARTBEAT", ServerStatus::lastHeartbeat),
            Column.number("UNROUTED", ServerStatus::unrouted),
            Column.text("STATE", server -> server.alive() ? "alive" : server.stopped() ? "stopped" : "gone"));

    private static final List<Column<Row>> LISTENERS = List.of(
            Column.text("SERVER", row -> row.server().id()),
            Column.text("LISTENER", row -> row.listener().name()),
            Column.text("QUEUE", row -> row.listener().queue()),
            Column.number(
                    "ACTIVE",
                    row -> row.listener().active() + "/" + row.listener().concurrency()),
            Column.text("OLDEST DELIVERY SINCE", row -> row.listener().oldestDeliverySince()),
            Column.number("DELIVERED", row -> row.listener().delivered()),
            Column.number("FAILED", row -> row.listener().failed()),
            Column.number("DEAD-LETTERED", row -> row.listener().deadLettered()),
            Column.text("LAST FAILURE", row -> row.listener().lastFailure()),
            Column.text("STATE", row -> state(row.listener())));

    private static String state(ServerStatus.Listener listener) {
        if (listener.paused()) {
            return "paused";
        } else if (!listener.connected()) {
            return "disconnected";
        }
        return listener.breakerOpen() ? "breaker open" : "";
    }

    @Override
    public Integer call() {
        List<ServerStatus> servers = parent.admin().servers();
        if (!parent.output().json(servers)) {
            parent.output().table(servers, SERVERS);
            parent.output().line("");
            parent.output()
                    .table(
                            servers.stream()
                                    .filter(ServerStatus::alive)
                                    .flatMap(server ->
                                            server.listeners().stream().map(listener -> new Row(server, listener)))
                                    .toList(),
                            LISTENERS);
        }
        return 0;
    }

    /** A listener with its server. */
    private record Row(ServerStatus server, Listener listener) {}
}
