// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.redisqueue.ra.protocol.CommandRights.Denial;
import org.redisson.client.codec.StringCodec;

/** Writes and reads the heartbeats of servers. */
public final class HeartbeatOperations {

    /** The field of a server that describes it. */
    public static final String INFO = "info";

    /** The beginning of the field of a listener, before its number. */
    public static final String LISTENER = "listener:";

    /** The cursor with which {@link #servers} begins. */
    public static final String FIRST_PAGE = "0 ";

    private static final Duration KEPT = Duration.ofDays(1);

    /** The number of registered queues up to which queues that are only sent to are added. */
    private static final int MAX_REGISTERED = 10_000;

    private final RedisCalls calls;
    private final Keys keys;
    private final SentQueues sent;

    /** The deliveries of a queue that have ended: how many were acknowledged, and how many failed. */
    public record Deliveries(long delivered, long failed) {

        /** The sum of both. */
        public Deliveries plus(Deliveries other) {
            return new Deliveries(delivered + other.delivered, failed + other.failed);
        }
    }

    /**
     * A server as its heartbeats describe it.
     *
     * @param heartbeatMillis the time of the last heartbeat, in milliseconds since 1970
     * @param nowMillis the time at which this was read; both by the clock of Redis
     * @param fields the properties of each field; without fields that are not JSON objects, or that contain objects
     */
    public record Server(String id, long heartbeatMillis, long nowMillis, Map<String, Map<String, String>> fields) {}

    /**
     * Servers in the order of their last heartbeats.
     *
     * @param next the cursor of the next page; empty if there are no more
     */
    public record Page(List<Server> servers, String next) {}

    HeartbeatOperations(RedisCalls calls, SentQueues sent) {
        this.calls = calls;
        this.keys = calls.keys();
        this.sent = sent;
    }

    /**
     * Records that a server is alive.
     *
     * @param complete whether the fields are all that there are; otherwise they are those that have changed
     * @param fields JSON objects
     * @param removed names of fields to remove
     * @return false if the heartbeat was not recorded because the fields to change are missing
     */
    public CompletableFuture<Boolean> beat(
            String server, boolean complete, Map<String, String> fields, Collection<String> removed) {
        ScriptArguments arguments = new ScriptArguments(2, 4 + removed.size() + 2 * fields.size())
                .key(keys.servers())
                .key(keys.server(server))
                .add(server)
                .add(KEPT.toMillis())
                .flag(complete)
                .add(removed.size());
        removed.forEach(arguments::add);
        fields.forEach((name, value) -> arguments.add(name).add(value));
        return calls.run(Script.HEARTBEAT, arguments.keys(), arguments.values())
                .thenApply(reply -> Reply.integer(reply.get(0)) == 1);
    }

    /** Adds deliveries to the history of their queues, in the current minute. */
    public CompletableFuture<Void> count(Map<String, Deliveries> deliveries) {
        List<CompletableFuture<?>> counted = new ArrayList<>();
        ScriptArguments arguments = new ScriptArguments();
        for (Map.Entry<String, Deliveries> each : deliveries.entrySet()) {
            arguments
                    .key(keys.ready(each.getKey()))
                    .add(each.getValue().delivered())
                    .add(each.getValue().failed());
            if (calls.isCluster() || arguments.keys().size() == 100) {
                counted.add(calls.run(Script.TALLY, arguments.keys(), arguments.values()));
                arguments = new ScriptArguments();
            }
        }
        if (!arguments.keys().isEmpty()) {
            counted.add(calls.run(Script.TALLY, arguments.keys(), arguments.values()));
        }
        return CompletableFuture.allOf(counted.toArray(CompletableFuture<?>[]::new));
    }

    /**
     * Passes the name of each queue that this process sends to to an observer, repeatedly while it keeps sending.
     *
     * @param observer runs on the thread that sends; must be fast, and must not throw
     */
    public void observeSent(Consumer<String> observer) {
        sent.observe(observer);
    }

    /** Ends {@link #observeSent}. */
    public void endObservation(Consumer<String> observer) {
        sent.endObservation(observer);
    }

    /**
     * Adds the queues that this process has sent to since the last call to the set in which operators find them, unless
     * it has very many names: an application may use a queue for each reply.
     */
    public CompletableFuture<Void> registerSent() {
        List<String> names = sent.take();
        if (names.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return calls.call(
                        "register",
                        redisson -> redisson.<String>getSet(keys.queues(), StringCodec.INSTANCE)
                                .sizeAsync())
                .thenCompose(known -> known + names.size() > MAX_REGISTERED
                        ? CompletableFuture.completedFuture(false)
                        : calls.call(
                                "register",
                                redisson -> redisson.<String>getSet(keys.queues(), StringCodec.INSTANCE)
                                        .addAllAsync(names)))
                .thenApply(added -> null);
    }

    /**
     * Reads servers with their last heartbeats. One call reads as many as it can within two milliseconds.
     *
     * @param cursor the cursor of the previous page; {@link #FIRST_PAGE} at first. A later page may repeat servers that
     *     have sent a heartbeat in the meantime, but omits none.
     */
    public CompletableFuture<Page> servers(String cursor) {
        return calls.run(Script.SERVERS, List.of(keys.servers()), List.of(cursor))
                .thenApply(reply -> {
                    List<Server> servers = new ArrayList<>();
                    for (Object each : reply.subList(2, reply.size())) {
                        List<Object> server = Reply.list(each);
                        servers.add(new Server(
                                Reply.text(server.get(0)),
                                (Long) server.get(1),
                                (Long) reply.get(1),
                                fields(Reply.list(server.get(2)))));
                    }
                    return new Page(servers, Reply.text(reply.get(0)));
                });
    }

    private static Map<String, Map<String, String>> fields(List<Object> reply) {
        Map<String, Map<String, String>> fields = new HashMap<>();
        for (int i = 0; i < reply.size(); i += 2) {
            String field = Reply.text(reply.get(i));
            JsonObjectReader.read(Reply.text(reply.get(i + 1))).ifPresent(object -> fields.put(field, object));
        }
        return fields;
    }

    /** The commands that writing heartbeats requires. */
    static Set<String> commands() {
        Set<String> commands = CommandRights.commands(Script.HEARTBEAT);
        commands.addAll(CommandRights.commands(Script.TALLY));
        commands.remove("incrby"); // a word of BITFIELD
        commands.addAll(Set.of("sadd", "scard"));
        return commands;
    }

    /** Whether a call has failed because the user lacks a right. */
    public static boolean isDenied(Throwable failure) {
        return Denial.of(String.valueOf(failure.getMessage())) != Denial.NONE;
    }
}
