// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.Holder;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.ra.protocol.HeartbeatOperations;
import org.redisqueue.ra.protocol.HeartbeatOperations.Page;
import org.redisqueue.ra.protocol.HeartbeatOperations.Server;
import org.redisqueue.ra.protocol.LeaseToken;
import org.redisqueue.ra.protocol.QueueOperations;

/** The servers that send heartbeats. */
final class Servers {

    private static final Duration ALIVE = Duration.ofSeconds(20);
    private static final Duration CACHED = Duration.ofSeconds(5);
    private static final int MAX_SERVERS = 10_000;
    private static final int MAX_TEXT = 1_000;
    private static final Holder UNKNOWN = new Holder(null, null, null, null);

    private final HeartbeatOperations operations;
    private final Duration alive;
    private final Duration cached;
    private @Nullable Snapshot latest;

    /** The servers at one moment, by id. */
    private record Snapshot(long nanoTime, Map<String, Server> servers) {}

    Servers(QueueOperations operations) {
        this(operations, ALIVE, CACHED);
    }

    /**
     * @param alive how old the last heartbeat of a server may be
     * @param cached how long heartbeats are remembered that were read to describe queues and messages
     */
    Servers(QueueOperations operations, Duration alive, Duration cached) {
        this.operations = operations.admin().heartbeats();
        this.alive = alive;
        this.cached = cached;
    }

    /** Reads all servers, those that are alive first. */
    List<ServerStatus> all() {
        return read().values().stream()
                .map(this::status)
                .sorted(Comparator.comparing(ServerStatus::alive)
                        .reversed()
                        .thenComparing(ServerStatus::host)
                        .thenComparing(ServerStatus::started)
                        .thenComparing(ServerStatus::id))
                .toList();
    }

    /** Returns the number of listeners that consume each queue, on servers that are alive. */
    Map<String, Integer> consumers() {
        return consumers(recent());
    }

    /** Returns the number of listeners that consume a queue now. Unlike {@link #consumers}, fails if it is unknown. */
    int consumersNow(String queue) {
        return consumers(read()).getOrDefault(queue, 0);
    }

    private Map<String, Integer> consumers(Map<String, Server> servers) {
        Map<String, Integer> consumers = new HashMap<>();
        servers.values().stream()
                .map(this::status)
                .filter(ServerStatus::alive)
                .flatMap(server -> server.listeners().stream())
                .forEach(listener -> consumers.merge(listener.queue(), 1, Integer::sum));
        return consumers;
    }

    /** Returns the holder of a token. If the token is not that of an adapter, nothing is known about its holder. */
    Holder holder(String token) {
        return LeaseToken.of(token).map(this::holder).orElse(UNKNOWN);
    }

    private Holder holder(LeaseToken token) {
        Optional<Server> server = Optional.ofNullable(recent().get(token.server()));
        return new Holder(
                token.server(),
                server.map(known -> property(known, HeartbeatOperations.INFO, "host"))
                        .orElse(null),
                server.map(known -> property(known, HeartbeatOperations.LISTENER + token.listener(), "name"))
                        .orElse(null),
                Instant.ofEpochMilli(token.millis()));
    }

    private static @Nullable String property(Server server, String field, String name) {
        return shortened(server.fields().getOrDefault(field, Map.of()).get(name));
    }

    /** Returns servers that were read a short time ago; none if they cannot be read, because other data does not depend on them. */
    private synchronized Map<String, Server> recent() {
        Snapshot known = latest;
        if (known == null || System.nanoTime() - known.nanoTime() >= cached.toNanos()) {
            Map<String, Server> servers;
            try {
                servers = read();
            } catch (QueueAdminException e) {
                servers = Map.of();
            }
            known = new Snapshot(System.nanoTime(), servers);
            latest = known;
        }
        return known.servers();
    }

    private Map<String, Server> read() {
        Map<String, Server> servers = new HashMap<>();
        String next = HeartbeatOperations.FIRST_PAGE;
        while (!next.isEmpty() && servers.size() < MAX_SERVERS) {
            Page page = Replies.await(operations.servers(next));
            page.servers().forEach(server -> servers.put(server.id(), server));
            next = page.next();
        }
        return servers;
    }

    private ServerStatus status(Server server) {
        Map<String, String> info = server.fields().getOrDefault(HeartbeatOperations.INFO, Map.of());
        List<ServerStatus.Listener> listeners = new ArrayList<>();
        server.fields().forEach((field, listener) -> {
            if (field.startsWith(HeartbeatOperations.LISTENER)) {
                listeners.add(listener(listener));
            }
        });
        listeners.sort(Comparator.comparing(ServerStatus.Listener::queue).thenComparing(ServerStatus.Listener::name));
        boolean stopped = "true".equals(info.get("stopped"));
        return new ServerStatus(
                server.id(),
                text(info, "host", "unknown"),
                number(info, "pid"),
                text(info, "applicationServer", "unknown"),
                text(info, "version", "unknown"),
                Instant.ofEpochMilli(number(info, "started")),
                Instant.ofEpochMilli(server.heartbeatMillis()),
                !stopped && server.nowMillis() - server.heartbeatMillis() <= alive.toMillis(),
                stopped,
                number(info, "unrouted"),
                listeners);
    }

    private static ServerStatus.Listener listener(Map<String, String> listener) {
        return new ServerStatus.Listener(
                text(listener, "name", ""),
                text(listener, "queue", ""),
                (int) Math.min(Integer.MAX_VALUE, number(listener, "concurrency")),
                (int) Math.min(Integer.MAX_VALUE, number(listener, "active")),
                instant(listener, "oldestSince"),
                number(listener, "delivered"),
                number(listener, "failed"),
                number(listener, "deadLettered"),
                shortened(listener.get("lastFailure")),
                instant(listener, "lastFailureAt"),
                "true".equals(listener.get("paused")),
                "true".equals(listener.get("breakerOpen")),
                "true".equals(listener.get("connected")));
    }

    private static String text(Map<String, String> properties, String name, String missing) {
        String text = shortened(properties.get(name));
        return text == null ? missing : text;
    }

    /** The beginning of a text, because any program can write heartbeats. */
    private static @Nullable String shortened(@Nullable String text) {
        return text == null || text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
    }

    private static @Nullable Instant instant(Map<String, String> properties, String name) {
        long millis = number(properties, name);
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }

    /** Returns a number; 0 if it is missing or malformed. */
    private static long number(Map<String, String> properties, String name) {
        String text = properties.getOrDefault(name, "");
        return text.matches("[0-9]{1,15}") ? Long.parseLong(text) : 0;
    }
}
