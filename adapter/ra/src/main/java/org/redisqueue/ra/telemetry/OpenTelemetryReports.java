// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.admin.RedisQueueAdmin;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisqueue.ra.observer.DeliveryObserver;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.QueueOperations;

/** Reports the messages of one Redis to the OpenTelemetry of the applications that send and consume them. */
final class OpenTelemetryReports implements Telemetry {

    /** Shared, because applications may use several Redis servers. */
    private static final ApplicationInstruments INSTRUMENTS = new ApplicationInstruments();

    private final MessagingAttributes attributes;
    private final QueueGauges gauges;
    private final Map<Lease, Consumed> consumed = new ConcurrentHashMap<>();
    private final DeliveryOutcomes outcomes = new DeliveryOutcomes(consumed);
    private final RecurringProblem failures = new RecurringProblem(Duration.ofMinutes(1));

    private volatile boolean closed;

    OpenTelemetryReports(RedisClient client, QueueOperations operations) {
        this.attributes = new MessagingAttributes(client);
        QueueAdmin admin = RedisQueueAdmin.of(operations);
        this.gauges = new QueueGauges(new QueueSnapshot(admin::queues), attributes);
    }

    @Override
    public DeliveryObserver observer() {
        return outcomes;
    }

    @Override
    public ListenerCall call(ClaimedMessage message, RedisMessage content) {
        try {
            return new ProcessSpan(this, message, content);
        } catch (RuntimeException | LinkageError e) {
            failed(content.queue(), e);
            return ListenerCall.NONE;
        }
    }

    @Override
    public BatchCall batch(List<RedisMessage> messages) {
        try {
            return new BatchSpan(this, messages);
        } catch (RuntimeException | LinkageError e) {
            failed(messages.get(0).queue(), e);
            return BatchCall.NONE;
        }
    }

    @Override
    public SendOperation send(String queue, int messages) {
        return send("send", queue, messages);
    }

    @Override
    public SendOperation publish(String topic, int messages) {
        return send("publish", topic, messages);
    }

    private SendOperation send(String operation, String destination, int messages) {
        try {
            Instruments current = instruments();
            return current == null || messages == 0
                    ? SendOperation.NONE
                    : new SendSpan(this, current, operation, destination, messages);
        } catch (RuntimeException | LinkageError e) {
            failed(destination, e);
            return SendOperation.NONE;
        }
    }

    @Override
    public ReceiveOperation receive(String queue) {
        try {
            Instruments current = instruments();
            return current == null ? ReceiveOperation.NONE : new ReceiveSpan(this, current, queue);
        } catch (RuntimeException | LinkageError e) {
            failed(queue, e);
            return ReceiveOperation.NONE;
        }
    }

    MessagingAttributes attributes() {
        return attributes;
    }

    /** Returns the instruments of the application on the current thread; null if it has no telemetry. */
    @Nullable
    Instruments instruments() {
        Instruments current = INSTRUMENTS.current();
        if (current != null && current.measures() && !closed) {
            current.observe(this, gauges);
        }
        return current;
    }

    @Override
    public void close() {
        closed = true;
        INSTRUMENTS.forEach(each -> each.endObserving(this));
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
