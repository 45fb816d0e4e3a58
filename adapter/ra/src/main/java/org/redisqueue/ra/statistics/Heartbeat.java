// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.statistics;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.HeartbeatOperations;
import org.redisqueue.ra.protocol.HeartbeatOperations.Deliveries;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.UnroutedMessages;

/**
 * Sends what has changed since the previous heartbeat. If the rights of the Redis user do not suffice, it logs this once,
 * and tries again from time to time.
 */
final class Heartbeat {

    private static final long RETRY_DENIED_NANOS = Duration.ofMinutes(5).toNanos();

    /** One of this many heartbeats adds to the history, whose resolution is a minute. */
    private static final int COUNT_EVERY = 3;

    private final RedisClient client;
    private final String server;
    private final HeartbeatOperations operations;
    private final UnroutedMessages unrouted;
    private final ServerStatistics statistics;
    private final long started = System.currentTimeMillis();
    private final Call beats = new Call();
    private final Call counts = new Call();
    private final Call registrations = new Call();
    private @Nullable CompletableFuture<ServerInfo> info;
    private boolean warned;
    private boolean stopping;
    private int sent;

    /** What Redis has; null if this is unknown. */
    private @Nullable Map<String, String> recorded;

    /** A call that is not repeated before it has ended, nor for a while after Redis has denied it. */
    private static final class Call {

        private CompletableFuture<?> pending = CompletableFuture.completedFuture(null);
        private @Nullable Long deniedAt;

        boolean isDue() {
            return pending.isDone() && (deniedAt == null || System.nanoTime() - deniedAt > RETRY_DENIED_NANOS);
        }
    }

    Heartbeat(RedisClient client, QueueOperations operations, ServerStatistics statistics) {
        this.client = client;
        this.server = operations.server();
        this.operations = operations.admin().heartbeats();
        this.unrouted = operations.unrouted();
        this.statistics = statistics;
    }

    /**
     * Sends a heartbeat, unless Redis is not connected or has not answered the previous one. Does not wait for the reply.
     *
     * @param stopped whether it is the last one
     */
    synchronized CompletableFuture<Void> send(boolean stopped) {
        if (!client.isConnected()) {
            return CompletableFuture.completedFuture(null); // it connects when the adapter first uses Redis
        }
        stopping = stopped;
        ServerInfo known = info();
        boolean counting = stopped || sent++ % COUNT_EVERY == 0;
        return CompletableFuture.allOf(
                known == null ? beats.pending : make(beats, () -> beat(known, stopped)),
                counting ? make(counts, this::count) : counts.pending,
                make(registrations, operations::registerSent));
    }

    /** Sends the last heartbeat, when Redis has answered the previous one. */
    CompletableFuture<Void> stop() {
        return beginStop().thenCompose(answered -> send(true));
    }

    private synchronized CompletableFuture<Void> beginStop() {
        stopping = true;
        return CompletableFuture.allOf(beats.pending, counts.pending, registrations.pending);
    }

    private CompletableFuture<?> make(Call call, Supplier<CompletableFuture<?>> making) {
        if (call.isDue()) {
            call.deniedAt = null;
            call.pending = making.get().handle((result, failure) -> {
                if (failure != null) {
                    failed(call, Failures.unwrap(failure));
                }
                return result;
            });
        }
        return call.pending;
    }

    private synchronized void failed(Call call, Throwable failure) {
        if (HeartbeatOperations.isDenied(failure)) {
            call.deniedAt = System.nanoTime();
            if (!warned) {
                warned = true;
                LogMessage.HEARTBEAT_DENIED.log(client.address(), Failures.describe(failure));
            }
        }
    }

    /** Returns what identifies the process; null until the lookup of the host name, which can be slow, has ended. */
    private @Nullable ServerInfo info() {
        if (info == null) {
            CompletableFuture<ServerInfo> found = new CompletableFuture<>();
            new AdapterThreadFactory("redis-queue-host")
                    .newThread(() -> {
                        found.complete(ServerInfo.of(started));
                        sendFirst();
                    })
                    .start();
            info = found;
        }
        return info.getNow(null);
    }

    private synchronized void sendFirst() {
        try {
            if (!stopping) {
                send(false);
            }
        } catch (RuntimeException e) {
            // The client has been closed meanwhile; otherwise the next heartbeat may succeed.
        }
    }

    private CompletableFuture<?> beat(ServerInfo known, boolean stopped) {
        Map<String, String> fields = fields(known, stopped);
        Map<String, String> before = recorded;
        recorded = null;
        CompletableFuture<Boolean> call;
        if (before == null) {
            call = operations.beat(server, true, fields, List.of());
        } else {
            Map<String, String> changed = new TreeMap<>(fields);
            changed.entrySet().removeAll(before.entrySet());
            List<String> removed = before.keySet().stream()
                    .filter(name -> !fields.containsKey(name))
                    .toList();
            call = operations.beat(server, false, changed, removed);
        }
        return call.thenAccept(complete -> {
            if (complete) {
                recorded(fields);
            }
        });
    }

    private synchronized void recorded(Map<String, String> fields) {
        recorded = fields;
    }

    private Map<String, String> fields(ServerInfo known, boolean stopped) {
        Map<String, String> fields = new TreeMap<>();
        fields.put(HeartbeatOperations.INFO, known.json(stopped, unrouted.count()));
        statistics
                .figures()
                .forEach((number, figures) -> fields.put(HeartbeatOperations.LISTENER + number, json(figures)));
        return fields;
    }

    private static String json(ListenerStatistics.Figures figures) {
        JsonObject json = new JsonObject()
                .put("name", figures.name())
                .put("queue", figures.queue())
                .put("concurrency", figures.concurrency())
                .put("active", figures.active())
                .put("oldestSince", figures.oldestSince())
                .put("delivered", figures.delivered())
                .put("failed", figures.failed())
                .put("deadLettered", figures.deadLettered())
                .put("paused", figures.paused())
                .put("breakerOpen", figures.breakerOpen())
                .put("connected", figures.connected());
        ListenerStatistics.Failure failure = figures.lastFailure();
        if (failure != null) {
            json.put("lastFailure", failure.reason()).put("lastFailureAt", failure.millis());
        }
        return json.toString();
    }

    /** Counts that Redis does not confirm are lost: counting them again could count them twice. */
    private CompletableFuture<?> count() {
        Map<String, Deliveries> deliveries = statistics.takeDeliveries();
        return operations.count(deliveries);
    }
}
