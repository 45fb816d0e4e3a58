// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.metrics;

import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.admin.ServerStatus;

/**
 * The metrics of one scrape. They describe Redis and all servers that use it, so every console reports the same values. The
 * label {@code scope="redis"} marks the gauges of queues and branches, whose sum over several consoles is meaningless.
 */
final class Metrics {

    private static final String SCOPE = "scope";
    private static final String REDIS = "redis";

    private final QueueAdmin operations;
    private final Family messages = Family.gauge("redis_queue_messages", "Messages of a queue in each place.");
    private final Family age =
            Family.gauge("redis_queue_oldest_ready_seconds", "Age of the message that is delivered next, in seconds.");
    private final Family paused = Family.gauge("redis_queue_paused", "1 if the queue is paused, 0 otherwise.");
    private final Family consumers =
            Family.gauge("redis_queue_consumers", "Listeners that consume a queue, on all servers.");
    private final Family deliveredRate = Family.gauge(
            "redis_queue_delivered_per_minute", "Acknowledged deliveries in the last complete minute, on all servers.");
    private final Family failedRate = Family.gauge(
            "redis_queue_failed_per_minute", "Failed deliveries in the last complete minute, on all servers.");
    private final Family rateLimit =
            Family.gauge("redis_queue_rate_limit_per_second", "Messages that all servers may deliver per second.");
    private final Family concurrencyLimit =
            Family.gauge("redis_queue_concurrency_limit", "Messages that all servers may deliver at the same time.");
    private final Family branches = Family.gauge("redis_queue_in_doubt_branches", "Prepared transaction branches.");
    private final Family oldestBranch =
            Family.gauge("redis_queue_in_doubt_oldest_seconds", "Age of the oldest prepared branch, in seconds.");
    private final Family malformedBranches = Family.gauge(
            "redis_queue_in_doubt_malformed_branches", "Prepared transaction branches whose record is malformed.");
    private final Family alive = Family.gauge("redis_queue_server_alive", "1 if the server sends heartbeats.");
    private final Family stopped =
            Family.gauge("redis_queue_server_stopped", "1 if the server was stopped in an orderly way, 0 otherwise.");
    private final Family lastHeartbeat = Family.gauge(
            "redis_queue_server_last_heartbeat_seconds", "Time since the last heartbeat of the server, in seconds.");
    private final Family unrouted = Family.counter(
            "redis_queue_server_unrouted",
            "Messages published to topics without bindings since the start of the server.");
    private final Family active = Family.gauge("redis_queue_listener_active", "Messages in delivery.");
    private final Family concurrency = Family.gauge(
            "redis_queue_listener_concurrency", "Maximum number of messages in delivery at the same time.");
    private final Family breakerOpen = Family.gauge(
            "redis_queue_listener_breaker_open", "1 if the circuit breaker of the listener is open, 0 otherwise.");
    private final Family oldestDelivery = Family.gauge(
            "redis_queue_listener_oldest_delivery_seconds", "Duration of the oldest delivery in progress, in seconds.");
    private final Family delivered =
            Family.counter("redis_queue_listener_delivered", "Acknowledged deliveries since the start of the server.");
    private final Family failed =
            Family.counter("redis_queue_listener_failed", "Failed deliveries since the start of the server.");
    private final Family deadLettered = Family.counter(
            "redis_queue_listener_dead_lettered", "Dead-lettered messages since the start of the server.");

    Metrics(QueueAdmin operations) {
        this.operations = operations;
    }

    MetricSnapshots snapshots() {
        operations.queues().forEach(this::add);
        addBranches(supported(operations::inDoubt));
        Instant now = Instant.now();
        supported(operations::servers).forEach(server -> add(server, now));
        MetricSnapshots.Builder all = MetricSnapshots.builder();
        List.of(messages, age, paused, consumers, deliveredRate, failedRate, rateLimit, concurrencyLimit)
                .forEach(family -> all.metricSnapshot(family.snapshot()));
        List.of(branches, oldestBranch, malformedBranches).forEach(family -> all.metricSnapshot(family.snapshot()));
        List.of(
                        alive,
                        stopped,
                        lastHeartbeat,
                        unrouted,
                        active,
                        concurrency,
                        breakerOpen,
                        oldestDelivery,
                        delivered,
                        failed,
                        deadLettered)
                .forEach(family -> all.metricSnapshot(family.snapshot()));
        return all.build();
    }

    /** Returns nothing if the installed adapter does not support an operation. */
    private static <T> List<T> supported(Supplier<List<T>> operation) {
        try {
            return operation.get();
        } catch (UnsupportedOperationException e) {
            return List.of();
        }
    }

    private void add(QueueStatus queue) {
        Labels labels = Labels.of("queue", queue.name(), SCOPE, REDIS);
        messages.add(labels.add("place", "ready"), queue.ready());
        messages.add(labels.add("place", "scheduled"), queue.scheduled());
        messages.add(labels.add("place", "waiting"), queue.waiting());
        messages.add(labels.add("place", "redelivering"), queue.redelivering());
        messages.add(labels.add("place", "delivering"), queue.delivering());
        messages.add(labels.add("place", "in_doubt"), queue.inDoubt());
        messages.add(labels.add("place", "dead"), queue.dead());
        Duration oldest = queue.oldestReady();
        if (oldest != null) {
            age.addSeconds(labels, oldest);
        }
        paused.add(labels, queue.paused() ? 1 : 0);
        consumers.add(labels, queue.consumers());
        deliveredRate.add(labels, queue.deliveredPerMinute());
        failedRate.add(labels, queue.failedPerMinute());
        Limits.rate(queue.settings()).ifPresent(limit -> rateLimit.add(labels, limit));
        Limits.concurrency(queue.settings()).ifPresent(limit -> concurrencyLimit.add(labels, limit));
    }

    private void addBranches(List<InDoubtBranch> prepared) {
        Labels labels = Labels.of(SCOPE, REDIS);
        branches.add(labels, prepared.size());
        malformedBranches.add(
                labels,
                prepared.stream().filter(branch -> branch.malformed() != null).count());
        Duration oldest = prepared.stream()
                .map(InDoubtBranch::age)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
        oldestBranch.addSeconds(labels, oldest);
    }

    private void add(ServerStatus server, Instant now) {
        Labels labels = Labels.of("server", server.id(), "host", server.host());
        alive.add(labels, server.alive() ? 1 : 0);
        stopped.add(labels, server.stopped() ? 1 : 0);
        lastHeartbeat.addSeconds(labels, Duration.between(server.lastHeartbeat(), now));
        if (!server.alive()) {
            return;
        }
        unrouted.add(labels, server.unrouted());
        for (ServerStatus.Listener listener : server.listeners()) {
            Labels ofListener = labels.add("listener", listener.name()).add("queue", listener.queue());
            active.add(ofListener, listener.active());
            concurrency.add(ofListener, listener.concurrency());
            breakerOpen.add(ofListener, listener.breakerOpen() ? 1 : 0);
            delivered.add(ofListener, listener.delivered());
            failed.add(ofListener, listener.failed());
            deadLettered.add(ofListener, listener.deadLettered());
            Instant since = listener.oldestDeliverySince();
            Duration running = since == null ? Duration.ZERO : Duration.between(since, now);
            oldestDelivery.addSeconds(ofListener, running);
        }
    }
}
