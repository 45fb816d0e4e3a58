// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * The exclusive and temporary right of a consumer to process one message. Only its holder can acknowledge the message.
 * A lease is lost if it was not renewed in time and another consumer has claimed the message.
 */
public final class Lease {

    private final String queue;
    private final String id;
    private final String token;
    private final ClaimingListener listener;
    private volatile long certainUntil;
    private volatile boolean lost;

    /**
     * @param token the fencing token that identifies the holder
     * @param certainUntil the {@link System#nanoTime} until which no other consumer can claim the message
     */
    Lease(String queue, String id, String token, long certainUntil) {
        this(queue, id, token, ClaimingListener.NONE, certainUntil);
    }

    /**
     * @param token the fencing token that identifies the holder
     * @param listener the listener that claimed the message
     * @param certainUntil the {@link System#nanoTime} until which no other consumer can claim the message
     */
    Lease(String queue, String id, String token, ClaimingListener listener, long certainUntil) {
        this.queue = queue;
        this.id = id;
        this.token = token;
        this.listener = listener;
        this.certainUntil = certainUntil;
    }

    public String queue() {
        return queue;
    }

    public String id() {
        return id;
    }

    public String token() {
        return token;
    }

    /** The listener that claimed the message. */
    public ClaimingListener listener() {
        return listener;
    }

    /** The entry of the message in the sorted set of the messages in processing. */
    String member() {
        return id + ' ' + token;
    }

    /** Whether it is certain that no other consumer has claimed the message by this {@link System#nanoTime}. */
    public boolean isCertainAt(long nanoTime) {
        return certainUntil - nanoTime > 0;
    }

    /** Whether a renewal found that the lease is no longer held. */
    public boolean isLost() {
        return lost;
    }

    void renewed(long until) {
        certainUntil = until;
    }

    void markLost() {
        lost = true;
    }

    @Override
    public String toString() {
        return queue + "/" + id;
    }
}
