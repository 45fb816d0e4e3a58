// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;

/** Reports the messages of one Redis to the OpenTelemetry of the applications that send and consume them. */
final class OpenTelemetryReports implements Telemetry {

    /** Shared, because applications may use several Redis servers. */
    private static final ApplicationInstruments INSTRUMENTS = new ApplicationInstruments();

    private final MessagingAttributes attributes;
    private final ApplicationInstruments instruments;
    private final Map<Lease, Consumed> consumed = new ConcurrentHashMap<>();
    private final DeliveryOutcomes outcomes = new DeliveryOutcomes(consumed);
    private final RecurringProblem failures = new RecurringProblem(Duration.ofMinutes(1));

    OpenTelemetryReports(RedisClient client) {
        this(new MessagingAttributes(client), INSTRUMENTS);
    }

    private OpenTelemetryReports(MessagingAttributes attributes, ApplicationInstruments instruments) {
        this.attributes = attributes;
        this.instruments = instruments;
    }

    @Override
    public DeliveryObserver observer() {
        return outcomes;
    }

    @Override
    public ListenerCall call(ClaimedMessage message, RedisMessage content) {
        return new ProcessSpan(this, message, content);
    }

    @Override
    public SendOperation send(String queue, int messages) {
        try {
            Instruments current = instruments.current();
            return current == null || messages == 0 ? SendOperation.NONE : new SendSpan(this, current, queue, messages);
        } catch (RuntimeException | LinkageError e) {
            failed(queue, e);
            return SendOperation.NONE;
        }
    }

    @Override
    public ReceiveOperation receive(String queue) {
        try {
            Instruments current = instruments.current();
            return current == null ? ReceiveOperation.NONE : new ReceiveSpan(this, current, queue);
        } catch (RuntimeException | LinkageError e) {
            failed(queue, e);
            return ReceiveOperation.NONE;
        }
    }

    MessagingAttributes attributes() {
        return attributes;
    }

    ApplicationInstruments instruments() {
        return instruments;
    }

    /** Remembers a message until it is known how its delivery ended. */
    void consumed(ClaimedMessage message, Consumed state) {
        consumed.put(message.lease(), state);
    }

    /** Runs a step that must not affect the delivery if it fails. */
    void guarded(String queue, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError e) {
            failed(queue, e);
        }
    }

    private void failed(String queue, Throwable failure) {
        String reason = failure.toString();
        if (failures.shouldReport(reason)) {
            LogMessage.OBSERVER_FAILED.log(failure, queue, reason);
        }
    }
}
