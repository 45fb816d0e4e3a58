// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.observer;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.QueueSetting;

/** Writes the events that an operator may need to know about to the server log. */
public final class LoggingObserver implements DeliveryObserver {

    /** Above this number, invalid settings are logged again. */
    private static final int MAX_SETTINGS = 1_000;

    private final Set<List<String>> invalidSettings = ConcurrentHashMap.newKeySet();

    @Override
    public void acknowledged(ClaimedMessage message, long processingNanos, @Nullable String thrown) {
        if (thrown != null) {
            LogMessage.COMMITTED_DESPITE_EXCEPTION.log(queue(message), id(message), thrown);
        }
    }

    @Override
    public void redelivered(ClaimedMessage message, long processingNanos, long delayMillis, String reason) {
        LogMessage.REDELIVERY.log(queue(message), id(message), message.failures() + 1, delayMillis, reason);
    }

    @Override
    public void deadLettered(ClaimedMessage message, long processingNanos, String reason) {
        LogMessage.DEAD_LETTER.log(queue(message), id(message), reason);
    }

    @Override
    public void unconfirmed(ClaimedMessage message, long processingNanos, String operation, Throwable cause) {
        LogMessage.NOT_CONFIRMED.log(queue(message), operation, id(message), Failures.describe(cause));
    }

    @Override
    public void leaseLost(Lease lease) {
        LogMessage.LEASE_LOST.log(lease.queue(), lease.id());
    }

    @Override
    public void expired(String queue, int messages) {
        LogMessage.EXPIRED.log(queue, messages);
    }

    @Override
    public void invalidSetting(String queue, String setting, String value) {
        if (invalidSettings.size() >= MAX_SETTINGS) {
            invalidSettings.clear();
        }
        if (invalidSettings.add(List.of(queue, setting, value))) {
            QueueSetting.of(setting)
                    .ifPresent(known ->
                            LogMessage.SETTING_INVALID.log(queue, setting, value, known.range(), known.strictest()));
        }
    }

    @Override
    public void gone(String queue, String id) {
        LogMessage.MESSAGE_GONE.log(queue, id);
    }

    @Override
    public void deadLetteredByClaim(String queue, String id, String reason) {
        LogMessage.DEAD_LETTER.log(queue, id, reason);
    }

    @Override
    public void connectionLost(String queue, Throwable cause) {
        LogMessage.REDIS_LOST.log(queue, Failures.describe(cause));
    }

    @Override
    public void connectionRestored(String queue) {
        LogMessage.REDIS_BACK.log(queue);
    }

    @Override
    public void breakerOpened(String queue, int failures, long waitMillis, String reason) {
        LogMessage.BREAKER_OPENED.log(queue, failures, waitMillis, reason);
    }

    @Override
    public void breakerClosed(String queue, long openMillis) {
        LogMessage.BREAKER_CLOSED.log(queue, openMillis);
    }

    @Override
    public void paused(String queue, PauseScope scope) {
        if (scope == PauseScope.QUEUE) {
            LogMessage.PAUSED.log(queue);
        }
    }

    @Override
    public void resumed(String queue, PauseScope scope) {
        if (scope == PauseScope.QUEUE) {
            LogMessage.RESUMED.log(queue);
        }
    }

    private static String queue(ClaimedMessage message) {
        return message.lease().queue();
    }

    private static String id(ClaimedMessage message) {
        return message.lease().id();
    }
}
