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
 * Detects that a container runs a listener in another transaction, although it delivers without one: the
 * listener's transaction attribute, which nothing told at the activation, is REQUIRES_NEW. The end of such a
 * transaction is not reported to the adapter, so that the message would be acknowledged whatever becomes of the work.
 *
 * <p>The listener is paused then. The fault is the bean's and not the message's: dead-lettering would move a whole queue
 * aside, and redelivering would never end.
 */
final class TransactionGuard {

    private final ListenerMethod listener;
    private final BootstrapContext container;
    private final AtomicBoolean reported = new AtomicBoolean();
    private volatile Subscription subscription;

    TransactionGuard(ListenerMethod listener, BootstrapContext container) {
        this.listener = listener;
        this.container = container;
    }

    /** Sets what to pause. */
    void guard(Subscription guarded) {
        subscription = guarded;
    }

    /**
     * Looks, between {@code beforeDelivery} and the call, whether there is a transaction although the delivery has none.
     * If so, marks it for rollback and pauses the listener.
     *
     * @return why the listener must not be called; empty if it may be
     */
    Optional<Exception> foreignTransaction() {
        TransactionSynchronizationRegistry transactions = container.getTransactionSynchronizationRegistry();
        if (transactions == null || !isActive(transactions.getTransactionStatus())) {
            return Optional.empty();
        }
        transactions.setRollbackOnly();
        if (!reported.getAndSet(true)) {
            LogMessage.FOREIGN_TRANSACTION.log(listener.queue(), listener);
            subscription.suspend();
        }
        return Optional.of(new NotSupportedException("RQ-134 The container runs " + listener
                + " in a transaction that is not the delivery's: its transaction attribute is neither REQUIRED nor"
                + " NOT_SUPPORTED"));
    }

    private static boolean isActive(int status) {
        return status == Status.STATUS_ACTIVE || status == Status.STATUS_MARKED_ROLLBACK;
    }
}
