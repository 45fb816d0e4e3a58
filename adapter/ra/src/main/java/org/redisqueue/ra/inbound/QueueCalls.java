// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimResult;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.PassOnResult;
import org.redisqueue.ra.protocol.RedeliveryResult;
import org.redisqueue.ra.protocol.TakeBackRequest;

/** The calls to Redis that consume one queue. None of them blocks, except to connect. */
interface QueueCalls {

    /**
     * Connects, which may block, declares the settings of the queue, registers it, and binds it to its topic if it has one.
     *
     * @throws RuntimeException if Redis cannot be reached, or its user lacks a required permission
     */
    CompletableFuture<?> connect();

    CompletableFuture<ClaimResult> claim(ClaimRequest request);

    /** Returns whether a connection is available for {@link #awaitReady}. */
    boolean canAwait();

    /**
     * Waits until the queue has a message. The result is false if none arrived in time. If it is true, no other
     * consumer learns of the message: the caller must claim, or pass the wake-up on.
     */
    CompletableFuture<Boolean> awaitReady(Duration timeout);

    /** Returns whether {@link #awaitFound} is possible. */
    boolean canLook();

    /**
     * Waits until the queue may have messages, like {@link #awaitReady}, but without a connection of its own, with a delay of
     * up to a second, and until one is found. The result is false, because other consumers may learn of the message, too.
     */
    CompletableFuture<Boolean> awaitFound();

    /**
     * Wakes another consumer that waits, if there are messages to claim.
     *
     * @param dueLater whether messages that wait for their redelivery count, too
     */
    CompletableFuture<PassOnResult> passOn(boolean dueLater);

    /** Releases claimed messages, in the order of the claim. */
    CompletableFuture<Long> release(List<Lease> leases);

    /**
     * Lets a message wait for its redelivery, or dead-letters it.
     *
     * @param maxDeliveries number of failures after which the message is dead-lettered
     */
    CompletableFuture<RedeliveryResult> redeliver(Lease lease, long delayMillis, int maxDeliveries, String reason);

    CompletableFuture<RedeliveryResult> deadLetter(Lease lease, String reason);

    /** Takes back failures of messages. The result is the messages that were left alone. */
    CompletableFuture<List<TakeBackRequest>> takeBack(List<TakeBackRequest> messages);
}
