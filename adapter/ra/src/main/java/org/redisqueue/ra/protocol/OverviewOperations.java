// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Reads the state of queues: how many messages are in each place, pauses, and the history of deliveries. */
public final class OverviewOperations {

    /** Above this number, claimed and waiting messages are counted in a sample. */
    static final int SAMPLE = 1_000;

    private static final int HEAD_BYTES = 300;
    private static final int MAX_QUEUES = 100;
    private static final int KEYS = 5;
    private static final List<QueueSetting> SETTINGS = List.of(QueueSetting.values());

    private final RedisCalls calls;
    private final Keys keys;

    OverviewOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }

    /** The names of the known queues. They may be invalid, because other clients can add names. */
    public CompletableFuture<List<String>> names() {
        return members(keys.queues());
    }

    /** The names of the outboxes that have been used; none without a cluster. They may be invalid. */
    public CompletableFuture<List<String>> outboxes() {
        return calls.isCluster()
                ? members(keys.outboxes())
                        .thenApply(homes -> homes.stream().map(OutboxName::of).toList())
                : CompletableFuture.completedFuture(List.of());
    }

    private CompletableFuture<List<String>> members(String set) {
        return calls.run(Script.QUEUES, List.of(set), List.of()).thenApply(Reply::texts);
    }

    /**
     * Reads the state of the first of these queues. One call describes as many as it can within two milliseconds, at
     * least one; in a cluster, exactly one.
     *
     * @param queues at least one
     */
    public CompletableFuture<List<QueueState>> first(List<String> queues) {
        List<String> asked = queues.subList(0, Math.min(calls.isCluster() ? 1 : MAX_QUEUES, queues.size()));
        ScriptArguments arguments = new ScriptArguments(KEYS * asked.size(), 2);
        for (String queue : asked) {
            arguments
                    .key(keys.ready(queue))
                    .key(keys.processing(queue))
                    .key(keys.dead(queue))
                    .key(keys.paused(queue))
                    .key(keys.arrived(queue));
        }
        arguments.add(SAMPLE).add(HEAD_BYTES);
        SETTINGS.forEach(setting -> arguments.add(setting.property()));
        return calls.run(Script.OVERVIEW, arguments.keys(), arguments.values()).thenApply(reply -> {
            List<QueueState> states = new ArrayList<>();
            for (Object each : reply) {
                states.add(state(asked.get(states.size()), Reply.list(each)));
            }
            return states;
        });
    }

    private static QueueState state(String queue, List<Object> report) {
        return new QueueState(
                queue,
                (Long) report.get(0),
                (Long) report.get(1),
                (Long) report.get(2),
                (Long) report.get(3),
                (Long) report.get(4),
                (Long) report.get(5),
                Reply.text(report.get(6)),
                (byte[]) report.get(7),
                (Long) report.get(8),
                (Long) report.get(9),
                (Long) report.get(10),
                (Long) report.get(11),
                (Long) report.get(12),
                settings(Reply.list(report.get(13))));
    }

    private static Map<QueueSetting, String> settings(List<Object> values) {
        Map<QueueSetting, String> settings = new EnumMap<>(QueueSetting.class);
        for (int i = 0; i < values.size(); i++) {
            String value = Reply.text(values.get(i));
            if (!value.isEmpty()) {
                settings.put(SETTINGS.get(i), value);
            }
        }
        return settings;
    }

    /**
     * Pauses a queue.
     *
     * @param millis for how long, in milliseconds; 0 until it is resumed
     */
    public CompletableFuture<Void> pause(String queue, long millis) {
        return setPause(queue, millis);
    }

    /** Resumes a queue. Has no effect if it is not paused. */
    public CompletableFuture<Void> resume(String queue) {
        return setPause(queue, -1);
    }

    private CompletableFuture<Void> setPause(String queue, long millis) {
        return calls.run(
                        Script.PAUSE,
                        List.of(keys.paused(queue), keys.ready(queue), keys.arrived(queue), keys.processing(queue)),
                        List.of(millis))
                .thenApply(done -> null);
    }

    /**
     * Reads how many deliveries ended in each of the last minutes.
     *
     * @param minutes number of minutes including the current one, 1 to 1,440
     */
    public CompletableFuture<DeliveryHistory> history(String queue, int minutes) {
        return calls.run(Script.HISTORY, List.of(keys.ready(queue)), List.of(minutes))
                .thenApply(reply -> {
                    List<Object> counts = Reply.list(reply.get(1));
                    List<Long> delivered = new ArrayList<>();
                    List<Long> failed = new ArrayList<>();
                    for (int i = 0; i < counts.size(); i += 2) {
                        delivered.add((Long) counts.get(i));
                        failed.add((Long) counts.get(i + 1));
                    }
                    return new DeliveryHistory((Long) reply.get(0), delivered, failed);
                });
    }

    /**
     * How many deliveries of a queue ended in successive minutes.
     *
     * @param firstMinute the first minute, in minutes since 1970
     */
    public record DeliveryHistory(long firstMinute, List<Long> delivered, List<Long> failed) {}
}
