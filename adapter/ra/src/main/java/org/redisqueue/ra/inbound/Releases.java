// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;

/** Releases claimed messages of a queue, which are then delivered as if they had not been claimed. */
final class Releases {

    private final ConsumerContext context;
    private final InFlight inFlight;

    Releases(ConsumerContext context, InFlight inFlight) {
        this.context = context;
        this.inFlight = inFlight;
    }

    /**
     * Releases messages. Does not block. Their leases are no longer renewed, whatever the outcome of the call.
     *
     * @param messages in the order in which they were claimed
     */
    void release(List<ClaimedMessage> messages) {
        if (messages.isEmpty()) {
            return;
        }
        List<Lease> released = messages.stream().map(ClaimedMessage::lease).toList();
        try {
            CompletableFuture<Long> call = context.operations().release(context.queue(), released);
            inFlight.follow(call);
            call.whenComplete((count, failure) -> released.forEach(context.leases()::drop));
        } catch (RuntimeException | Error e) {
            released.forEach(context.leases()::drop);
            context.failures().report(e);
        }
    }

    /** Releases those of the messages whose lease is not known to be lost. */
    void releaseUnlessLost(List<ClaimedMessage> messages) {
        if (messages.isEmpty()) {
            return;
        }
        messages.stream().map(ClaimedMessage::lease).filter(Lease::isLost).forEach(context.leases()::drop);
        release(messages.stream().filter(message -> !message.lease().isLost()).toList());
    }
}
