// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.launchers.redis;

import java.net.URI;
import java.util.List;

/**
 * How the adapter connects to Redis.
 *
 * @param addresses the property {@code addresses} of the adapter
 * @param mode the property {@code mode}
 * @param waitReplicas the property {@code waitReplicas}
 */
public record RedisAddress(String addresses, String mode, int waitReplicas) {

    /** The property {@code masterName}, which has no effect without Sentinel. */
    public static final String MASTER_NAME = "order-desk";

    /** A single server. */
    public static RedisAddress of(URI url) {
        return new RedisAddress(url.toString(), "single", 0);
    }

    /** Returns the options of the JVM that set the properties of the adapter. */
    public List<String> options() {
        return List.of(
                "-Dredisqueue.addresses=" + addresses,
                "-Dredisqueue.mode=" + mode,
                "-Dredisqueue.masterName=" + MASTER_NAME,
                "-Dredisqueue.waitReplicas=" + waitReplicas);
    }

    @Override
    public String toString() {
        return mode.equals("single") ? addresses : mode + " at " + addresses;
    }
}
