// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.telemetry.ListenerCall;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.DeliveryConsumption;

/** Delivers messages to a listener on a container thread, one after another until there are none left, even after a moment. */
final class Worker implements Runnable {

    private final Dispatcher dispatcher;
    private final Subscription subscription;
    private final Caller caller;

    Worker(Dispatcher dispatcher, Subscription subscription) {
        this.dispatcher = dispatcher;
        this.subscription = subscription;
        this.caller = subscription.newCaller();
    }

    @Override
    public void run() {
        long started = System.nanoTime();
        ClaimedMessage message = null;
        try {
            do {
                message = dispatcher.next(false);
                while (message != null) {
                    List<ClaimedMessage> refused = handle(message);
                    if (!refused.isEmpty()) {
                        dispatcher.putBack(refused, 1);
                        return;
                    }
                    message = dispatcher.next(true);
                }
            } while (dispatcher.standBy(started));
        } catch (RuntimeException | Error e) { // otherwise the dispatcher would count this worker forever
            dispatcher.workerFailed(message == null ? 0 : 1, e);
        } finally {
            caller.release();
        }
    }

    /** @return the message if the container could not hand it to the listener, and nothing happened to it */
    private List<ClaimedMessage> handle(ClaimedMessage message) {
        long since = System.nanoTime();
        DeliveryConsumption delivery = null;
        try {
            delivery = subscription.delivery(message);
            return deliver(message, delivery, since);
        } catch (RuntimeException | Error e) { // a fault of the adapter, or a failing JVM
            subscription
                    .settler()
                    .abandon(message, since); // first, so that the lease ends and the message is redelivered
            if (delivery != null) {
                delivery.end();
            }
            LogMessage.ENDPOINT_FAILED.log(
                    e, subscription.queue(), message.lease().id(), e);
            return List.of();
        }
    }

    /** @return the message if the container could not hand it to the listener, and nothing happened to it */
    private List<ClaimedMessage> deliver(ClaimedMessage claimed, DeliveryConsumption delivery, long since) {
        Settlement settlement = settlement(claimed, delivery);
        if (settlement.action() == Settlement.Action.RELEASE_AND_REST) {
            return List.of(claimed);
        }
        subscription.settler().settle(claimed, settlement, since);
        return List.of();
    }

    private CallResult call(ClaimedMessage claimed, ReceivedMessage message, DeliveryConsumption delivery) {
        try (ListenerCall telemetry = subscription.telemetry().call(claimed, message)) {
            CallResult result = caller.call(message, delivery, telemetry);
            telemetry.ended(result.cause());
            return result;
        }
    }

    private Settlement settlement(ClaimedMessage claimed, DeliveryConsumption delivery) {
        ReceivedMessage message;
        try {
            message = ReceivedMessage.of(claimed);
        } catch (MalformedMessageException e) {
            return Settlement.deadLetter(String.valueOf(e.getMessage()));
        }
        subscription.observer().started(claimed, message);
        CallResult result = call(claimed, message, delivery);
        boolean refused = result.kind() == CallResult.Kind.REFUSED;
        if (refused && result.thrown() != null) {
            LogMessage.LISTENER_REFUSED.log(
                    subscription.queue(), claimed.lease().id(), result.reason());
        }
        Branch.State state = refused || subscription.isTransacted() ? delivery.end() : null;
        return subscription.settlement(claimed, state, result, caller);
    }
}
