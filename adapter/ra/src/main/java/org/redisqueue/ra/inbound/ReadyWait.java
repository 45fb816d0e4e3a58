// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;

/** Waits, without a thread, until Redis reports that a queue has messages. */
final class ReadyWait {

    private static final long MAX_SECONDS = 5;

    /** What runs when a wait has ended. */
    interface End {

        /**
         * Handles the end of the wait. Must not throw.
         *
         * @param reported whether Redis has reported a message, of which no other consumer knows
         * @param failure why the wait failed; null if it did not
         */
        void ended(boolean reported, @Nullable Throwable failure);
    }

    private final ConsumerContext context;
    private final Duration maxWait;
    private final BooleanSupplier reportsRefusals;
    private final End end;
    private final RecurringProblem noConnection = new RecurringProblem();
    private final RecurringProblem refusals = new RecurringProblem();
    private @Nullable CompletableFuture<Boolean> look;
    private boolean stopped;

    /**
     * @param reportsRefusals whether to log that Redis refuses to wait; it may also refuse because the adapter stops
     */
    ReadyWait(ConsumerContext context, BooleanSupplier reportsRefusals, End end) {
        this.context = context;
        // A wait does not notice that leases of other consumers end.
        this.maxWait = Duration.ofSeconds(
                Math.max(1, Math.min(MAX_SECONDS, context.leases().leaseMillis() / 2_000)));
        this.reportsRefusals = reportsRefusals;
        this.end = end;
    }

    /**
     * Begins to wait. Does not block. If all connections that are available for waiting are in use, because the others are
     * reserved for commits, a look that queues share replaces the wait.
     *
     * @return false if neither is possible
     */
    boolean start() {
        boolean connected = context.calls().canAwait();
        if (!connected) {
            reportNoConnection();
            if (!context.calls().canLook()) {
                return false;
            }
        }
        CompletableFuture<Boolean> call;
        try {
            call = connected ? context.calls().awaitReady(maxWait) : look();
        } catch (RuntimeException | Error e) {
            call = CompletableFuture.failedFuture(e);
        }
        call.whenComplete((ready, failure) -> {
            if (failure instanceof CancellationException) {
                return; // this consumer has stopped
            }
            boolean news = isNewRefusal(failure);
            end.ended(failure == null && ready, failure);
            if (news) {
                context.failures()
                        .logged(() -> LogMessage.WAIT_REFUSED.log(context.queue(), Failures.describe(failure)));
            }
        });
        return true;
    }

    private synchronized CompletableFuture<Boolean> look() {
        look = context.calls().awaitFound();
        if (stopped) {
            look.cancel(false);
        }
        return look;
    }

    /** Ends a look. Another wait ends within seconds. */
    synchronized void stop() {
        stopped = true;
        if (look != null) {
            look.cancel(false);
        }
    }

    private boolean isNewRefusal(Throwable failure) {
        if (!Connector.isRefusal(failure)) {
            refusals.ended();
            return false;
        }
        return reportsRefusals.getAsBoolean() && refusals.shouldReport("");
    }

    /** Logs, once, that no connection is available for waiting. */
    private void reportNoConnection() {
        context.failures().logged(() -> {
            if (noConnection.shouldReport("")) {
                LogMessage.NO_CONNECTION_TO_WAIT.log(context.queue());
            }
        });
    }
}
