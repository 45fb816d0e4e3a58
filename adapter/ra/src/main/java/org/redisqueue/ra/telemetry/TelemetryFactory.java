// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import org.redisqueue.ra.client.RedisClient;

/** Creates the telemetry of a Redis if the OpenTelemetry API is visible to the adapter. */
final class TelemetryFactory {

    private static final boolean AVAILABLE = isVisible("io.opentelemetry.api.OpenTelemetry");

    private TelemetryFactory() {}

    static Telemetry create(RedisClient client) {
        return create(client, AVAILABLE);
    }

    /** @param available whether the OpenTelemetry API is visible */
    static Telemetry create(RedisClient client, boolean available) {
        if (!available) {
            return Telemetry.NONE;
        }
        try {
            return new OpenTelemetryReports(client);
        } catch (LinkageError e) { // only a part of the API is visible
            return Telemetry.NONE;
        }
    }

    /** Returns whether the class loader of the adapter finds a class. Does not initialize the class. */
    static boolean isVisible(String name) {
        try {
            Class.forName(name, false, TelemetryFactory.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError e) {
            return false;
        }
    }
}
