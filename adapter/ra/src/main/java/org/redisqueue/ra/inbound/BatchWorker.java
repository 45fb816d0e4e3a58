// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.message.ReceivedMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;
import org.redisqueue.ra.telemetry.BatchCall;
import org.redisqueue.ra.telemetry.ListenerCall;
import org.redisqueue.ra.transaction.Branch;

/**
 * Delivers batches to a listener on a container thread, one after another until there are none left.
 *
 * <p>If a batch is known to be rolled back, its messages are delivered individually, under the same leases. Only the
 * failures of these deliveries count.
 */
final class BatchWorker implements Runnable {

    private final Dispatcher dispatcher;
    private final Subscription subscription;
    private final Caller caller;

    BatchWorker(Dispatcher dispatcher, Subscription subscription) {
        this.dispatcher = dispatcher;
        this.subscription = subscription;
        this.caller = subscription.newCaller();
    }

    @Override
    public void run() {
        long started = System.nanoTime();
        List<ClaimedMessage> messages = List.of();
        try {
            do {
                messages = dispatcher.nextBatch(0);
                while (!messages.isEmpty()) {
                    List<ClaimedMessage> refused = handle(messages);
                    if (!refused.isEmpty()) {
                        dispatcher.putBack(refused, messages.size());
                        return;
                    }
                    messages = dispatcher.nextBatch(messages.size());
                }
            } while (dispatcher.standBy(started));
        } catch (RuntimeException | Error e) { // otherwise the dispatcher would count this worker forever
            dispatcher.workerFailed(messages.size(), e);
        } finally {
            caller.release();
        }
    }

    /** @return the messages that the container could not hand to the listener, and to which nothing happened */
    private List<ClaimedMessage> handle(List<ClaimedMessage> messages) {
        long since = System.nanoTime();
        List<ClaimedMessage> open = messages;
        try {
            open = new ArrayList<>(messages);
            return deliver(messages, open, since);
        } catch (RuntimeException | Error e) { // a fault of the adapter, or a failing JVM
            subscription.settler().abandon(messages, open, since); // first, so that the messages are redelivered
            LogMessage.ENDPOINT_FAILED.log(
                    e, subscription.queue(), messages.get(0).lease().id(), e);
            return List.of();
        }
    }

    /**
     * @param open the messages whose delivery has not ended; those that end are removed
     * @return the messages that the container could not hand to the listener, and to which nothing happened
     */
    private List<ClaimedMessage> deliver(List<ClaimedMessage> messages, List<ClaimedMessage> open, long since) {
        Batch batch = read(messages);
        Call call = batch.isEmpty() ? null : call(batch, since);
        batch.excluded().forEach((message, reason) -> {
            subscription.settler().settle(message, Settlement.deadLetter(reason), since);
            open.remove(message);
        });
        List<ClaimedMessage> called = batch.claimed();
        if (call == null || called.isEmpty()) {
            return List.of();
        }
        Settlement settlement = called.size() == 1
                ? subscription.settlement(called.get(0), call.state(), call.result(), caller)
                : subscription.settlement(call.state(), call.result(), caller);
        switch (settlement.action()) {
            case RELEASE_AND_REST -> {
                return called;
            }
            case DELIVER_INDIVIDUALLY -> {
                if (dispatcher.isOpen()) {
                    subscription.batchRolledBack(called.size(), call.result().reason());
                }
                return deliverIndividually(called, open);
            }
            default -> {
                subscription.settler().settle(called, settlement, since);
                return List.of();
            }
        }
    }

    private Batch read(List<ClaimedMessage> messages) {
        Batch batch = new Batch(subscription::delivery);
        for (ClaimedMessage message : messages) {
            try {
                batch.add(message, ReceivedMessage.of(message));
            } catch (MalformedMessageException e) {
                batch.exclude(message, e.getMessage());
            }
        }
        return batch;
    }

    /** @param state the state in which the branch was left; null without a transaction */
    private record Call(CallResult result, Branch.@Nullable State state) {}

    private Call call(Batch batch, long since) {
        List<ClaimedMessage> claimed = batch.claimed();
        var contents = batch.contents();
        for (int i = 0; i < claimed.size(); i++) {
            subscription.observer().started(claimed.get(i), contents.get(i));
        }
        BatchCall reported =
                claimed.size() == 1 ? BatchCall.NONE : subscription.telemetry().batch(contents);
        try (ListenerCall telemetry =
                claimed.size() == 1 ? subscription.telemetry().call(claimed.get(0), contents.get(0)) : reported) {
            boolean ended = false;
            try {
                CallResult result = caller.call(batch, telemetry);
                telemetry.ended(result.cause());
                boolean refused = result.kind() == CallResult.Kind.REFUSED;
                if (refused && result.thrown() != null) {
                    LogMessage.LISTENER_REFUSED.log(
                            subscription.queue(), claimed.get(0).lease().id(), result.reason());
                }
                Branch.State state = refused || subscription.isTransacted() ? batch.end() : null;
                ended = true;
                reported.settled(outcome(state, result), result.reason(), System.nanoTime() - since);
                return new Call(result, state);
            } finally {
                if (!ended) {
                    batch.end();
                }
            }
        }
    }

    private static BatchCall.Outcome outcome(Branch.@Nullable State state, CallResult result) {
        if (state == null) {
            return result.isFailure() ? BatchCall.Outcome.ROLLED_BACK : BatchCall.Outcome.ACKNOWLEDGED;
        }
        return switch (state) {
            case COMMITTED -> BatchCall.Outcome.ACKNOWLEDGED;
            case PREPARED -> BatchCall.Outcome.IN_DOUBT;
            case ROLLED_BACK -> BatchCall.Outcome.ROLLED_BACK;
            default -> BatchCall.Outcome.ABANDONED;
        };
    }

    /**
     * @param open the messages that are yet to be delivered; each of the deliveries ends its own message
     * @return the messages that the container could not hand to the listener, and to which nothing happened
     */
    private List<ClaimedMessage> deliverIndividually(List<ClaimedMessage> messages, List<ClaimedMessage> open) {
        for (int i = 0; i < messages.size(); i++) {
            ClaimedMessage message = messages.get(i);
            if (!dispatcher.isOpen()) {
                dispatcher.release(messages.subList(i, messages.size()));
                return List.of();
            }
            List<ClaimedMessage> single = List.of(message);
            boolean held = !message.lease().isLost() && message.lease().isCertainAt(System.nanoTime());
            if (!held) {
                dispatcher.release(single);
            } else if (!handle(single).isEmpty()) {
                return messages.subList(i, messages.size());
            }
            open.remove(message);
        }
        return List.of();
    }
}
