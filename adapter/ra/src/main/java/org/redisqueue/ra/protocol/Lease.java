// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * The right to complete one message: only its holder can. It is lost when it was not renewed in time and another
 * consumer took the message over.
 */
public final class Lease {

    private final String queue;
    private final String id;
    private final String token;
    private volatile long certainUntil;
    private volatile boolean lost;

    /**
     * @param token what its holder proves itself with
     * @param certainUntil until when nobody else can have it, by {@link System#nanoTime}
     */
    Lease(String queue, String id, String token, long certainUntil) {
        this.queue = queue;
        this.id = id;
        this.token = token;
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

    /** How it stands in the sorted set of what is in processing. */
    String member() {
        return id + ' ' + token;
    }

    /** Whether nobody else can have taken the message over by this time of {@link System#nanoTime}. */
    public boolean isCertainAt(long nanoTime) {
        return certainUntil - nanoTime > 0;
    }

    /** Whether a renewal found that another consumer has the message. */
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
