// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import org.redisqueue.RedisMessage;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/** The exclusive right to process one message. Its holder ends it with exactly one of the methods. */
public final class Claim {

    private final QueueStore store;
    private final StoredMessage stored;
    private final RedisMessage message;

    Claim(QueueStore store, StoredMessage stored) {
        this.store = store;
        this.stored = stored;
        this.message = store.received(stored);
    }

    /** {@return the message as its consumer sees it} */
    public RedisMessage message() {
        return message;
    }

    /** Acknowledges the message. */
    public void acknowledge() {
        store.acknowledge(stored);
    }

    /** Gives the message back, as if it had not been delivered. */
    public void release() {
        store.release(stored);
    }

    /** Redelivers the message later, or dead-letters it if it has failed too often. */
    public void redeliver(RedeliveryPolicy policy, String reason) {
        store.redeliver(stored, policy, reason);
    }

    /** Dead-letters the message. */
    public void deadLetter(String reason) {
        store.deadLetter(stored, reason);
    }
}
