// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.TakeBackRequest;

/**
 * Returns claimed messages to the queue that no listener has seen. While the circuit breaker is open, those that have
 * failed before wait for their redelivery as before, so that they do not get in the way of the others.
 *
 * <p>Shares the lock of the dispatcher, which must not be held.
 */
final class Returns {

    private final Object lock;
    private final @Nullable CircuitBreaker breaker;
    private final TakeBacks takeBacks;
    private final Releases releases;

    /** @param breaker null if there is none */
    Returns(Object lock, @Nullable CircuitBreaker breaker, TakeBacks takeBacks, Releases releases) {
        this.lock = lock;
        this.breaker = breaker;
        this.takeBacks = takeBacks;
        this.releases = releases;
    }

    /**
     * Returns messages. Does not block and does not throw.
     *
     * @param messages in the order in which they were claimed
     */
    void putBack(List<ClaimedMessage> messages) {
        if (breaker == null || messages.isEmpty()) {
            releases.release(messages);
            return;
        }
        List<ClaimedMessage> fresh;
        List<ClaimedMessage> failed;
        List<TakeBackRequest> requests;
        try {
            fresh = new ArrayList<>(messages.size());
            failed = new ArrayList<>();
            requests = new ArrayList<>();
            synchronized (lock) {
                for (ClaimedMessage message : messages) {
                    if (breaker.isOpen() && breaker.hasFailed(message)) {
                        failed.add(message);
                        requests.add(
                                TakeBackRequest.ofHeld(message, breaker.run().failuresBefore(message)));
                    } else {
                        fresh.add(message);
                    }
                }
            }
        } catch (RuntimeException | Error e) { // memory is exhausted
            releases.abandon(messages, e);
            return;
        }
        takeBacks.unseen(failed, requests);
        releases.release(fresh);
    }
}
