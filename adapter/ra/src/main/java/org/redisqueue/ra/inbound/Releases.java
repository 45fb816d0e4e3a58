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
     * Releases the messages whose leases are not known to be lost. Does not block and does not throw. Their leases are
     * no longer renewed, even if the call fails.
     *
     * @param messages in the order in which they were claimed
     */
    void release(List<ClaimedMessage> messages) {
        if (messages.isEmpty()) {
            return;
        }
        try {
            List<ClaimedMessage> held = new ArrayList<>(messages.size());
            List<Lease> released = new ArrayList<>(messages.size());
            for (ClaimedMessage message : messages) {
                if (message.lease().isLost()) {
                    context.leases().drop(message.lease());
                    abandoned(message);
                } else {
                    held.add(message);
                    released.add(message.lease());
                }
            }
            if (held.isEmpty()) {
                return;
            }
            CompletableFuture<Long> call = context.calls().release(released);
            inFlight.follow(call);
            call.whenComplete((count, failure) -> {
                released.forEach(context.leases()::drop);
                if (failure == null) {
                    context.observer().released(held);
                } else {
                    held.forEach(this::abandoned);
                }
            });
        } catch (Throwable e) { // the dispatcher relies on it: otherwise it would stop in the middle of a step
            abandon(messages, e);
        }
    }

    /**
     * Lets the leases of messages end after an unexpected failure. Does not throw, and allocates as little as possible,
     * because memory may be exhausted.
     */
    void abandon(List<ClaimedMessage> messages, Throwable failure) {
        for (int i = 0; i < messages.size(); i++) {
            context.leases().drop(messages.get(i).lease());
        }
        try {
            context.failures().report(failure);
            messages.forEach(this::abandoned);
        } catch (Throwable e) {
            // Reporting failed as well. The leases have ended, which is what matters.
        }
    }

    /** Lets the lease of a message end after an unexpected failure. Does not throw. */
    void abandon(ClaimedMessage message, Throwable failure) {
        context.leases().drop(message.lease());
        try {
            context.failures().report(failure);
            abandoned(message);
        } catch (Throwable e) {
            // Reporting failed as well. The lease has ended, which is what matters.
        }
    }

    private void abandoned(ClaimedMessage message) {
        context.observer().abandoned(message, 0);
    }
}
