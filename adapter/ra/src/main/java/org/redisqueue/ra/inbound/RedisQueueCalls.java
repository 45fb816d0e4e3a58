// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.ra.protocol.Claim;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.Retry;

/** Makes the calls that consume a queue with the operations of the protocol. */
record RedisQueueCalls(String queue, QueueOperations operations) implements QueueCalls {

    @Override
    public CompletableFuture<?> connect() {
        operations.connect();
        operations.requireConsumerRights();
        return operations.register(queue);
    }

    @Override
    public CompletableFuture<Claim> claim(ClaimRequest request) {
        return operations.claim(request);
    }

    @Override
    public boolean canAwait() {
        return operations.canAwait();
    }

    @Override
    public CompletableFuture<Boolean> awaitReady(Duration timeout) {
        return operations.awaitReady(queue, timeout);
    }

    @Override
    public CompletableFuture<Long> release(List<Lease> leases) {
        return operations.release(queue, leases);
    }

    @Override
    public CompletableFuture<Retry> redeliver(Lease lease, long delayMillis, int maxDeliveries, String reason) {
        return operations.retry(lease, delayMillis, maxDeliveries, reason);
    }

    @Override
    public CompletableFuture<Retry> deadLetter(Lease lease, String reason) {
        return operations.retry(lease, 0, 0, reason);
    }
}
