// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisqueue.ra.protocol.RedisCallException;

/** A dispatcher's connection to Redis: tries to connect until Redis answers, and reports why it does not. */
final class Connector {

    private enum State {
        /** Redis has not been reached yet, or the connection was lost. */
        DISCONNECTED,
        CONNECTED,
        /** There are no further attempts to connect. */
        STOPPED
    }

    private final ConsumerContext context;
    private final Runnable connected;
    private final RetryDelay backoff = new RetryDelay();
    private final RecurringProblem outage = new RecurringProblem();
    private volatile State state = State.DISCONNECTED;
    private boolean retryScheduled;

    /** @param connected runs each time a connection was established; must not throw */
    Connector(ConsumerContext context, Runnable connected) {
        this.context = context;
        this.connected = connected;
    }

    boolean isConnected() {
        return state == State.CONNECTED;
    }

    /** Connects on a different thread. Does not throw. */
    void connect() {
        try {
            context.blocking().execute(this::connectNow);
        } catch (RuntimeException | Error e) { // the adapter has stopped, or no thread can be created
            failed(e);
        }
    }

    /** Records that Redis does not answer as expected, and connects again after a delay. Does not throw. */
    void failed(Throwable failure) {
        try {
            synchronized (this) {
                if (state == State.STOPPED) {
                    return;
                }
                state = State.DISCONNECTED;
                if (retryScheduled) {
                    return;
                }
                context.timer().schedule(this::reconnect, backoff.nextMillis(), TimeUnit.MILLISECONDS);
                retryScheduled = true;
            }
            if (outage.shouldReport(Failures.describe(failure))) {
                context.observer().connectionLost(context.queue(), failure);
            }
        } catch (RejectedExecutionException e) {
            stop(); // the adapter has stopped
        } catch (RuntimeException | Error e) {
            context.failures().report(e);
        }
    }

    /**
     * Records that Redis has answered. Does not throw.
     *
     * @return whether the connection was lost before, which is then to be {@linkplain #reportRestored reported}
     */
    boolean answered() {
        boolean restored;
        synchronized (this) {
            restored = !backoff.isFirst();
            backoff.reset();
        }
        return outage.ended() || restored;
    }

    /** Reports that the queue can be consumed again. */
    void reportRestored() {
        context.observer().connectionRestored(context.queue());
    }

    /** Makes no further attempts to connect. */
    synchronized void stop() {
        state = State.STOPPED;
    }

    private void reconnect() {
        synchronized (this) {
            retryScheduled = false;
        }
        connect();
    }

    private void connectNow() {
        if (state == State.STOPPED) {
            return;
        }
        try {
            context.calls().connect().whenComplete((done, failure) -> {
                // A Redis whose memory is full refuses to register the queue, but not claims.
                if (failure != null && !isRefusal(failure)) {
                    failed(failure);
                } else if (markConnected()) {
                    connected.run();
                }
            });
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private synchronized boolean markConnected() {
        if (state != State.DISCONNECTED) {
            return false;
        }
        state = State.CONNECTED;
        return true;
    }

    /** Returns whether Redis answered with an error, as opposed to not answering. */
    static boolean isRefusal(Throwable failure) {
        return Failures.unwrap(failure) instanceof RedisCallException call && !call.connectionLost();
    }
}
