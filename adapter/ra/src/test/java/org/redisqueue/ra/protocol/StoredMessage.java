// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/** Messages as a consumer claims them, without a Redis. */
public final class StoredMessage {

    private StoredMessage() {}

    /** A first delivery of this value. */
    public static ClaimedMessage claimed(byte[] value) {
        return new ClaimedMessage(new Lease("queue", "id", "token", 0), value, 0, 0);
    }
}
