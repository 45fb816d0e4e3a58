// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;

/** Releases claimed messages, which are then delivered as if they had not been claimed. */
final class Releases {

    private final ConsumerContext context;
    private final InFlight inFlight;

    Releases(ConsumerContext context, InFlight inFlight) {
        this.context = context;
        this.inFlight = inFlight;
    }

    /**
     * Releases messages. Does not block. Their leases are no longer renewed, even if the call fails.
     *
     * @param messages in the order in which they were claimed
     */
    void release(List<ClaimedMessage> messages) {
        if (messages.isEmpty()) {
            return;
        }
        List<Lease> released = messages.stream().map(ClaimedMessage::lease).toList();
        try {
            CompletableFuture<Long> call = context.calls().release(released);
            inFlight.follow(call);
            call.whenComplete((count, failure) -> {
                released.forEach(context.leases()::drop);
                if (failure == null) {
                    context.observer().released(messages);
                } else {
                    messages.forEach(this::abandoned);
                }
            });
        } catch (RuntimeException | Error e) {
            released.forEach(context.leases()::drop);
            context.failures().report(e);
            messages.forEach(this::abandoned);
        }
    }

    /** Releases the messages whose leases are not known to be lost. */
    void releaseUnlessLost(List<ClaimedMessage> messages) {
        if (messages.isEmpty()) {
            return;
        }
        List<ClaimedMessage> mayBeHeld = new ArrayList<>();
        for (ClaimedMessage message : messages) {
            if (message.lease().isLost()) {
                context.leases().drop(message.lease());
                abandoned(message);
            } else {
                mayBeHeld.add(message);
            }
        }
        release(mayBeHeld);
    }

    private void abandoned(ClaimedMessage message) {
        context.observer().abandoned(message, 0);
    }
}
