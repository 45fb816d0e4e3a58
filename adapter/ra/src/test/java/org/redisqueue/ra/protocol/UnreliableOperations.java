// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.Collections;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.FaultyTransport.Fault;
import org.redisqueue.ra.testing.TestRedis;

/** Operations whose replies are lost on request, and which soon stop retrying; for tests of other packages. */
public final class UnreliableOperations {

    private static final int MANY = 1_000;

    private final QueueOperations operations;
    private FaultyTransport wire;

    public UnreliableOperations(RedisClient client) {
        operations =
                TestQueue.operationsOf(client, Duration.ofSeconds(1), FaultyTransport.shownTo(shown -> wire = shown));
    }

    public QueueOperations operations() {
        return operations;
    }

    /** From now on, Redis executes calls, but its replies are lost. */
    public void loseReplies() {
        wire.failNext(Collections.nCopies(MANY, Fault.REPLY_LOST).toArray(Fault[]::new));
    }

    /** From now on, all requests are lost. */
    public void loseRequests() {
        wire.failNext(Collections.nCopies(MANY, Fault.REQUEST_LOST).toArray(Fault[]::new));
    }

    /** Another process, a clone of this one, has used the lanes: Redis no longer holds the receipts of the calls. */
    public void replaceReceipts(TestRedis server) {
        wire.sent().stream()
                .map(sent -> sent.keys().get(0))
                .distinct()
                .forEach(lane -> server.call("SET", lane, "0000000001000000 clone "));
    }

    public void heal() {
        wire.heal();
    }
}
