// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.concurrent.TimeUnit;

/** Claimed messages for tests without Redis. */
public final class StoredMessage {

    private StoredMessage() {}

    /** A first delivery of this value. */
    public static ClaimedMessage claimed(byte[] value) {
        return new ClaimedMessage(new Lease("queue", "id", "token", 0), value, 0, 0);
    }

    /** A message whose lease does not end soon. */
    public static ClaimedMessage leased(String id, int bytes) {
        return leased(id, bytes, System.nanoTime() + TimeUnit.HOURS.toNanos(1));
    }

    /** A message that another consumer may claim from a given {@link System#nanoTime} on. */
    public static ClaimedMessage leased(String id, int bytes, long certainUntil) {
        return new ClaimedMessage(new Lease("queue", id, "token", certainUntil), new byte[bytes], 0, 0);
    }

    /** A message that failed this many times before. */
    public static ClaimedMessage failed(String id, int failures) {
        return new ClaimedMessage(leased(id, 0).lease(), new byte[0], failures, 0);
    }

    /** A message that another consumer has claimed. */
    public static ClaimedMessage lost(String id) {
        ClaimedMessage message = leased(id, 1);
        message.lease().markLost();
        return message;
    }
}
