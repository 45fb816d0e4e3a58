// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.NotSupportedException;
import jakarta.resource.spi.BootstrapContext;
import jakarta.transaction.Status;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.redisqueue.ra.log.LogMessage;

/**
 * Detects that a container runs a listener in a transaction although the delivery has none. The transaction attribute
 * of the listener is then REQUIRES_NEW, which could not be detected at activation. The adapter does not learn how such
 * a transaction ends, so the message would be acknowledged even if the work is rolled back.
 *
 * <p>The listener is paused in this case. The bean, not the message, is at fault: dead-lettering would affect the whole
 * queue, and redelivery would never end.
 */
final class TransactionGuard {

    private final ListenerMethod listener;
    private final BootstrapContext container;
    private final AtomicBoolean reported = new AtomicBoolean();
    private volatile Runnable pause = () -> {};

    TransactionGuard(ListenerMethod listener, BootstrapContext container) {
        this.listener = listener;
        this.container = container;
    }

    /** Sets the subscription to pause. */
    void guard(Subscription guarded) {
        pause = guarded::pause;
    }

    /**
     * Checks, between {@code beforeDelivery} and the call, whether there is a transaction although the delivery has
     * none. If so, marks it for rollback and pauses the listener.
     *
     * @return the reason why the listener must not be called; empty if it may be called
     */
    Optional<Exception> foreignTransaction() {
        TransactionSynchronizationRegistry transactions = container.getTransactionSynchronizationRegistry();
        if (transactions == null || !isActive(transactions.getTransactionStatus())) {
            return Optional.empty();
        }
        transactions.setRollbackOnly();
        if (!reported.getAndSet(true)) {
            LogMessage.FOREIGN_TRANSACTION.log(listener.queue(), listener);
            pause.run();
        }
        return Optional.of(new NotSupportedException("RQ-134 The container runs listener '" + listener
                + "' in a transaction other than the delivery's. Change its transaction attribute to REQUIRED or"
                + " NOT_SUPPORTED."));
    }

    private static boolean isActive(int status) {
        return status == Status.STATUS_ACTIVE || status == Status.STATUS_MARKED_ROLLBACK;
    }
}
