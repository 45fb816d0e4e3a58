// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisqueue.ra.protocol.TopicOperations;

/**
 * Binds the queue of a listener to its topic each time that the listener connects, and again every minute, because Redis may
 * lose the binding without a call of the listener failing. If Redis refuses, for example because its memory is full, it
 * tries again, while the listener consumes its queue.
 */
final class TopicBinding {

    private static final Duration RENEWAL = Duration.ofMinutes(1);

    private final String topic;
    private final String queue;
    private final TopicOperations topics;
    private final ScheduledExecutorService timer;
    private final RetryDelay delay = new RetryDelay();
    private final RecurringProblem refusal = new RecurringProblem();
    private @Nullable ScheduledFuture<?> next;
    private boolean stopped;

    TopicBinding(String topic, String queue, TopicOperations topics, ScheduledExecutorService timer) {
        this.topic = topic;
        this.queue = queue;
        this.topics = topics;
        this.timer = timer;
    }

    /**
     * Binds the queue. The result is false if Redis refuses. It fails if Redis cannot be reached, so that the listener
     * connects again.
     */
    CompletableFuture<Boolean> bind() {
        return topics.bind(topic, queue).handle((added, failure) -> {
            if (failure == null) {
                bound(added);
            } else if (Connector.isRefusal(failure)) {
                refused(failure);
            } else {
                throw new CompletionException(Failures.unwrap(failure));
            }
            return failure == null;
        });
    }

    private void bound(boolean added) {
        synchronized (this) {
            delay.reset();
            schedule(RENEWAL.toMillis());
        }
        if (refusal.ended() || added) {
            LogMessage.BOUND.log(queue, topic);
        }
    }

    private void refused(Throwable failure) {
        String reason = Failures.describe(failure);
        if (refusal.shouldReport(reason)) {
            LogMessage.NOT_BOUND.log(queue, topic, reason);
        }
        synchronized (this) {
            schedule(delay.nextMillis());
        }
    }

    private void schedule(long millis) {
        if (stopped) {
            return;
        }
        if (next != null) {
            next.cancel(false);
        }
        try {
            next = timer.schedule(this::bindAgain, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            stopped = true; // the adapter has stopped
        }
    }

    private void bindAgain() {
        CompletableFuture.completedFuture(null).thenCompose(done -> bind()).exceptionally(failure -> {
            refused(failure); // Redis has not answered, which the listener may not notice
            return false;
        });
    }

    /** Makes no further attempts. The queue remains bound. */
    synchronized void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
    }
}
