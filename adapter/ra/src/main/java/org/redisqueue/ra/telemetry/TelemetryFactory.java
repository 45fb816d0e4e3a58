// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.QueueOperations;

/** Creates the telemetry of a Redis if the OpenTelemetry API is visible to the adapter. */
final class TelemetryFactory {

    private static final boolean AVAILABLE = isVisible("io.opentelemetry.api.OpenTelemetry");

    private TelemetryFactory() {}

    static Telemetry create(RedisClient client, QueueOperations operations) {
        if (!AVAILABLE) {
            return Telemetry.NONE;
        }
        try {
            return new OpenTelemetryReports(client, operations);
        } catch (LinkageError e) { // only a part of the API is visible
            return Telemetry.NONE;
        }
    }

    /** Returns whether the class loader of the adapter finds a class. Does not initialize the class. */
    private static boolean isVisible(String name) {
        try {
            Class.forName(name, false, TelemetryFactory.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
