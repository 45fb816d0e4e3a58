// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisqueue.ra.protocol.QueueSetting;
import org.redisqueue.ra.protocol.SettingsOperations;

/**
 * Gives a queue the settings that a listener declares, each time that the listener connects. A setting that the queue has
 * already applies instead, for example one that an operator has set; a difference is logged.
 */
final class DeclaredSettings {

    private final String queue;
    private final String listener;
    private final Map<QueueSetting, String> declared;
    private final SettingsOperations settings;
    private final RecurringProblem difference = new RecurringProblem();

    /** @param listener the name of the listener, for messages */
    DeclaredSettings(String queue, String listener, Map<QueueSetting, String> declared, SettingsOperations settings) {
        this.queue = queue;
        this.listener = listener;
        this.declared = declared;
        this.settings = settings;
    }

    /**
     * Declares the settings. It also fails if Redis refuses: a listener must not consume a queue without the settings that it
     * requires.
     */
    CompletableFuture<Void> declare() {
        if (declared.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        return settings.declare(queue, declared).handle((applied, failure) -> {
            if (failure != null) {
                throw new CompletionException(
                        Connector.isRefusal(failure)
                                ? new RedisUnavailableException(Failures.describe(failure))
                                : Failures.unwrap(failure));
            }
            report(applied);
            return null;
        });
    }

    private void report(Map<QueueSetting, String> applied) {
        Map<QueueSetting, String> others = new EnumMap<>(QueueSetting.class);
        declared.forEach((setting, value) -> {
            String other = applied.getOrDefault(setting, value);
            if (!other.equals(value)) {
                others.put(setting, other);
            }
        });
        if (others.isEmpty()) {
            difference.ended();
        } else if (difference.shouldReport(others.toString())) {
            others.forEach((setting, other) ->
                    LogMessage.SETTING_DIFFERS.log(queue, listener, setting.property(), declared.get(setting), other));
        }
    }
}
