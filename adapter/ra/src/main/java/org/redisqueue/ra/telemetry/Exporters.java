// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import io.opentelemetry.api.OpenTelemetry;

/**
 * What an instance of OpenTelemetry exports. If telemetry is disabled, servers provide an instance of the SDK that
 * creates spans and measures, but exports nothing. The API cannot tell, so the description of the instance is used.
 */
record Exporters(boolean spans, boolean metrics) {

    private static final String NO_SPANS = "spanProcessor=NoopSpanProcessor";
    private static final String NO_METRICS = "metricReaders=[]";

    static Exporters of(OpenTelemetry instance) {
        String description = instance.toString();
        return new Exporters(!description.contains(NO_SPANS), !description.contains(NO_METRICS));
    }
}
