// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedisCallException;

/** Connects the dispatcher of a queue to Redis. Tries again until Redis answers, and reports why it does not. */
final class Connector {

    private final String queue;
    private final QueueOperations operations;
    private final ScheduledExecutorService timer;
    private final Executor blocking;
    private final Runnable connected;
    private final Consumer<Throwable> unexpected;
    private final Backoff backoff = new Backoff();
    private final Reports outage = new Reports();
    private boolean scheduled;
    private boolean stopped;

    /**
     * @param timer runs tasks that do not block
     * @param blocking runs tasks that may block
     * @param connected runs each time Redis has answered; must not throw
     * @param unexpected receives unexpected failures
     */
    Connector(
            String queue,
            QueueOperations operations,
            ScheduledExecutorService timer,
            Executor blocking,
            Runnable connected,
            Consumer<Throwable> unexpected) {
        this.queue = queue;
        this.operations = operations;
        this.timer = timer;
        this.blocking = blocking;
        this.connected = connected;
        this.unexpected = unexpected;
    }

    /** Connects on another thread. Does not throw. */
    void connect() {
        try {
            blocking.execute(this::connectNow);
        } catch (RuntimeException | Error e) { // the adapter has stopped, or no thread can be created
            failed(e);
        }
    }

    /** Records that Redis does not answer as expected, and connects again after a delay. Does not throw. */
    void failed(Throwable failure) {
        try {
            synchronized (this) {
                if (stopped || scheduled) {
                    return;
                }
                timer.schedule(this::connectAgain, backoff.nextMillis(), TimeUnit.MILLISECONDS);
                scheduled = true;
            }
            String reason = Failures.describe(failure);
            if (outage.isNews(reason)) {
                LogMessage.REDIS_LOST.log(queue, reason);
            }
        } catch (RejectedExecutionException e) {
            stop(); // the adapter has stopped
        } catch (RuntimeException | Error e) {
            unexpected.accept(e);
        }
    }

    /** Records that Redis has answered. Returns whether it had failed to answer before. */
    synchronized boolean answered() {
        boolean was = !backoff.isFirst();
        backoff.reset();
        return outage.over() || was;
    }

    /** Makes no further attempts to connect. */
    synchronized void stop() {
        stopped = true;
    }

    private void connectAgain() {
        synchronized (this) {
            scheduled = false;
        }
        connect();
    }

    private void connectNow() {
        synchronized (this) {
            if (stopped) {
                return;
            }
        }
        try {
            operations.connect();
            operations.requireConsumerRights();
            operations.register(queue).whenComplete((done, failure) -> {
                if (failure == null || isRefusal(failure)) { // a full Redis refuses this, but not claims
                    connected.run();
                } else {
                    failed(failure);
                }
            });
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    /** Returns whether Redis answered with an error, as opposed to not answering. */
    static boolean isRefusal(Throwable failure) {
        return Failures.unwrap(failure) instanceof RedisCallException call && !call.connectionLost();
    }
}
