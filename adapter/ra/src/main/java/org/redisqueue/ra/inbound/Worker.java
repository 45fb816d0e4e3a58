// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import jakarta.resource.spi.work.Work;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.Delivery;

/**
 * Delivers messages to a listener on a thread of the container, one after another until there are none left, and
 * settles the outcome of each.
 */
final class Worker implements Work {

    private Dispatcher dispatcher;
    private Subscription subscription;
    private Caller caller;

    Worker(Dispatcher dispatcher, Subscription subscription) {
        this.dispatcher = dispatcher;
        this.subscription = subscription;
        this.caller = subscription.newCaller();
    }

    @Override
    public void run() {
        ClaimedMessage message = null;
        try {
            message = dispatcher.next(false);
            while (message != null) {
                if (!handle(message)) {
                    dispatcher.putBack(message);
                    return;
                }
                message = dispatcher.next(true);
            }
        } catch (RuntimeException | Error e) { // otherwise the dispatcher would count this worker forever
            dispatcher.workerFailed(message != null, e);
        } finally {
            try {
                caller.release();
            } finally {
                letGo();
            }
        }
    }

    /** @return false if the container could not hand the message to the listener, and nothing happened to it */
    private boolean handle(ClaimedMessage message) {
        Delivery delivery = null;
        try {
            delivery = subscription.delivery(message);
            return deliver(message, delivery);
        } catch (RuntimeException | Error e) { // a fault of the adapter, or a failing JVM
            subscription.forget(message); // comes first: the lease ends, and the message is redelivered
            if (delivery != null) {
                delivery.end();
            }
            LogMessage.ENDPOINT_FAILED.log(
                    e, subscription.queue(), message.lease().id(), e);
            return true;
        }
    }

    /**
     * Drops all references. A thread of WildFly keeps the first work that it did for as long as it lives, and must not
     * keep the application with it.
     */
    private void letGo() {
        dispatcher = null;
        subscription = null;
        caller = null;
    }

    /** Does nothing: a worker ends when its dispatcher stops. */
    @Override
    public void release() {}

    /** @return false if the container could not hand the message to the listener, and nothing happened to it */
    private boolean deliver(ClaimedMessage claimed, Delivery delivery) {
        ReceivedMessage message;
        try {
            message = ReceivedMessage.of(claimed);
        } catch (MalformedMessageException e) {
            subscription.giveUp(claimed, e.getMessage());
            return true;
        }
        Outcome outcome = caller.call(message, delivery);
        switch (outcome.kind()) {
            case UNREADABLE -> subscription.giveUp(claimed, outcome.reason());
            case CALLED -> settle(claimed, delivery, outcome);
            case REFUSED -> {
                if (outcome.thrown() != null) {
                    LogMessage.LISTENER_REFUSED.log(
                            subscription.queue(), claimed.lease().id(), outcome.reason());
                }
                delivery.end();
                return false;
            }
        }
        return true;
    }

    private void settle(ClaimedMessage claimed, Delivery delivery, Outcome outcome) {
        if (!subscription.isTransacted()) {
            if (outcome.isFailure()) {
                failed(claimed, outcome);
            } else {
                subscription.complete(claimed);
            }
            return;
        }
        Branch.State state = delivery.end();
        switch (state) {
            case COMMITTED -> {
                if (outcome.thrown() != null) {
                    LogMessage.COMMITTED_DESPITE_EXCEPTION.log(
                            claimed.lease().queue(), claimed.lease().id(), outcome.reason());
                }
                subscription.forget(claimed);
            }
            case PREPARED -> subscription.forget(claimed);
            default -> failed(claimed, outcome);
        }
    }

    private void failed(ClaimedMessage claimed, Outcome outcome) {
        if (subscription.isOutlasted() && !caller.failsByItselfAfterTheEnd()) {
            subscription.giveBack(claimed);
        } else {
            subscription.retry(claimed, outcome.reason());
        }
    }
}
