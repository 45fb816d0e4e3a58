// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Reads and changes the settings of a queue. */
public final class SettingsOperations {

    /** The cursor of the first call, and after the last one. */
    public static final String DONE = "0";

    private static final int GROUPS_PER_CALL = 250;
    private static final int ENTRIES_PER_CALL = 500;

    private final RedisCalls calls;
    private final Keys keys;

    SettingsOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }

    /** Returns the settings that have a value, which may be invalid if it was written by another program. */
    public CompletableFuture<Map<QueueSetting, String>> read(String queue) {
        Map<QueueSetting, String> all = new EnumMap<>(QueueSetting.class);
        for (QueueSetting setting : QueueSetting.values()) {
            all.put(setting, "");
        }
        return run("read", queue, all);
    }

    /**
     * Sets those of these settings that have no value.
     *
     * @return the values that apply
     */
    public CompletableFuture<Map<QueueSetting, String>> declare(String queue, Map<QueueSetting, String> settings) {
        return run("declare", queue, settings);
    }

    /**
     * Changes a setting. Consumers apply the change within a second.
     *
     * @param value a valid value; empty to remove it
     */
    public CompletableFuture<Void> change(String queue, QueueSetting setting, String value) {
        return run("change", queue, Map.of(setting, value)).thenApply(done -> null);
    }

    /**
     * Lets some of the groups continue that wait for dead letters, unless the queue still blocks them.
     *
     * @param cursor the result of the previous call; {@value #DONE} at first
     * @return the cursor of the next call; {@value #DONE} if there is none
     */
    public CompletableFuture<String> unblock(String queue, String cursor) {
        return calls.run(Script.UNBLOCK, List.of(keys.ready(queue)), List.of(cursor, GROUPS_PER_CALL))
                .thenApply(reply -> Reply.text(reply.get(0)));
    }

    private CompletableFuture<Map<QueueSetting, String>> run(
            String mode, String queue, Map<QueueSetting, String> settings) {
        List<QueueSetting> asked = new ArrayList<>();
        ScriptArguments arguments = new ScriptArguments()
                .key(keys.settings(queue))
                .key(keys.slots(queue))
                .add(mode);
        settings.forEach((setting, value) -> {
            asked.add(setting);
            arguments.add(setting.property()).add(value);
        });
        return calls.run(Script.CONFIGURE, arguments.keys(), arguments.values()).thenCompose(reply -> {
            Map<QueueSetting, String> values = new EnumMap<>(QueueSetting.class);
            for (int i = 0; i < asked.size(); i++) {
                String value = Reply.text(reply.get(i));
                if (!value.isEmpty()) {
                    values.put(asked.get(i), value);
                }
            }
            boolean begins = Reply.integer(reply.get(asked.size())) == 1; // the limit of the concurrency
            return begins ? occupy(queue, DONE).thenApply(done -> values) : CompletableFuture.completedFuture(values);
        });
    }

    /** Counts the messages that consumers hold already. */
    private CompletableFuture<Void> occupy(String queue, String cursor) {
        return calls.run(
                        Script.OCCUPY,
                        List.of(keys.processing(queue), keys.slots(queue)),
                        List.of(cursor, ENTRIES_PER_CALL))
                .thenCompose(reply -> {
                    String next = Reply.text(reply.get(0));
                    return next.equals(DONE) ? CompletableFuture.completedFuture(null) : occupy(queue, next);
                });
    }
}
