// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

/**
 * The listener for which a claim is made.
 *
 * @param number identifies the listener among those that use the same {@link QueueOperations}; part of its lease tokens
 * @param name its name, for operators
 */
public record ClaimingListener(int number, String name) {

    /** Stands for applications that receive messages over a connection. */
    public static final ClaimingListener NONE = new ClaimingListener(0, "");
}
