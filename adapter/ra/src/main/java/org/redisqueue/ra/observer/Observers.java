// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.observer;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.redisqueue.RedisMessage;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;

/**
 * Passes each event to all observers. Its methods do not throw: the failure of an observer is logged, at most once a
 * minute for the same reason.
 *
 * <p>The events that occur for each message are passed on without creating objects.
 */
public final class Observers implements DeliveryObserver {

    private final RecurringProblem failures = new RecurringProblem(Duration.ofMinutes(1));
    private volatile DeliveryObserver[] observers;

    public Observers(DeliveryObserver... observers) {
        this.observers = observers.clone();
    }

    /** Adds an observer. It sees the events that occur from now on. */
    public synchronized void add(DeliveryObserver observer) {
        DeliveryObserver[] more = Arrays.copyOf(observers, observers.length + 1);
        more[observers.length] = observer;
        observers = more;
    }

    /** Removes an observer. */
    public synchronized void remove(DeliveryObserver observer) {
        observers = Arrays.stream(observers).filter(each -> each != observer).toArray(DeliveryObserver[]::new);
    }

    @Override
    public void claimed(List<ClaimedMessage> messages) {
        for (DeliveryObserver observer : observers) {
            try {
                observer.claimed(messages);
            } catch (Throwable e) {
                failed(queue(messages), e);
            }
        }
    }

    @Override
    public void started(ClaimedMessage message, RedisMessage content) {
        for (DeliveryObserver observer : observers) {
            try {
                observer.started(message, content);
            } catch (Throwable e) {
                failed(queue(message), e);
            }
        }
    }

    @Override
    public void acknowledged(ClaimedMessage message, long processingNanos, @Nullable String thrown) {
        for (DeliveryObserver observer : observers) {
            try {
                observer.acknowledged(message, processingNanos, thrown);
            } catch (Throwable e) {
                failed(queue(message), e);
            }
        }
    }

    @Override
    public void redelivered(ClaimedMessage message, long processingNanos, long delayMillis, String reason) {
        each(queue(message), observer -> observer.redelivered(message, processingNanos, delayMillis, reason));
    }

    @Override
    public void uncounted(ClaimedMessage message, long processingNanos, String reason) {
        each(queue(message), observer -> observer.uncounted(message, processingNanos, reason));
    }

    @Override
    public void deadLettered(ClaimedMessage message, long processingNanos, String reason) {
        each(queue(message), observer -> observer.deadLettered(message, processingNanos, reason));
    }

    @Override
    public void released(List<ClaimedMessage> messages) {
        each(queue(messages), observer -> observer.released(messages));
    }

    @Override
    public void abandoned(ClaimedMessage message, long processingNanos) {
        each(queue(message), observer -> observer.abandoned(message, processingNanos));
    }

    @Override
    public void inDoubt(ClaimedMessage message, long processingNanos) {
        each(queue(message), observer -> observer.inDoubt(message, processingNanos));
    }

    @Override
    public void unconfirmed(ClaimedMessage message, long processingNanos, String operation, Throwable cause) {
        each(queue(message), observer -> observer.unconfirmed(message, processingNanos, operation, cause));
    }

    @Override
    public void leaseLost(Lease lease) {
        each(lease.queue(), observer -> observer.leaseLost(lease));
    }

    @Override
    public void expired(String queue, int messages) {
        each(queue, observer -> observer.expired(queue, messages));
    }

    @Override
    public void invalidSetting(String queue, String setting, String value) {
        each(queue, observer -> observer.invalidSetting(queue, setting, value));
    }

    @Override
    public void gone(String queue, String id) {
        each(queue, observer -> observer.gone(queue, id));
    }

    @Override
    public void deadLetteredByClaim(String queue, String id, String reason) {
        each(queue, observer -> observer.deadLetteredByClaim(queue, id, reason));
    }

    @Override
    public void connectionLost(String queue, Throwable cause) {
        each(queue, observer -> observer.connectionLost(queue, cause));
    }

    @Override
    public void connectionRestored(String queue) {
        each(queue, observer -> observer.connectionRestored(queue));
    }

    @Override
    public void breakerOpened(String queue, int failures, long waitMillis, String reason) {
        each(queue, observer -> observer.breakerOpened(queue, failures, waitMillis, reason));
    }

    @Override
    public void breakerClosed(String queue, long openMillis) {
        each(queue, observer -> observer.breakerClosed(queue, openMillis));
    }

    @Override
    public void paused(String queue, PauseScope scope) {
        each(queue, observer -> observer.paused(queue, scope));
    }

    @Override
    public void resumed(String queue, PauseScope scope) {
        each(queue, observer -> observer.resumed(queue, scope));
    }

    private void each(String queue, Consumer<DeliveryObserver> event) {
        for (DeliveryObserver observer : observers) {
            try {
                event.accept(observer);
            } catch (Throwable e) {
                failed(queue, e);
            }
        }
    }

    private void failed(String queue, Throwable failure) {
        try {
            String reason = failure.toString();
            if (failures.shouldReport(reason)) {
                LogMessage.OBSERVER_FAILED.log(failure, queue, reason);
            }
        } catch (Throwable e) {
            // The log itself may have failed, and there is no other place to report that.
        }
    }

    private static String queue(ClaimedMessage message) {
        return message.lease().queue();
    }

    private static String queue(List<ClaimedMessage> messages) {
        return messages.isEmpty() ? "-" : queue(messages.get(0));
    }
}
