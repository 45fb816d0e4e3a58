// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.spi.HealthCheckResponseProvider;

/** Builds responses in place of a server's MicroProfile Health. */
final class HealthResponse extends HealthCheckResponseBuilder {

    private final Map<String, Object> data = new TreeMap<>();
    private String name = "";
    private HealthCheckResponse.Status status = HealthCheckResponse.Status.DOWN;

    static HealthCheckResponseProvider provider() {
        return HealthResponse::new;
    }

    @Override
    public HealthCheckResponseBuilder name(String set) {
        name = set;
        return this;
    }

    @Override
    public HealthCheckResponseBuilder withData(String key, String value) {
        data.put(key, value);
        return this;
    }

    @Override
    public HealthCheckResponseBuilder withData(String key, long value) {
        data.put(key, value);
        return this;
    }

    @Override
    public HealthCheckResponseBuilder withData(String key, boolean value) {
        data.put(key, value);
        return this;
    }

    @Override
    public HealthCheckResponseBuilder up() {
        return status(true);
    }

    @Override
    public HealthCheckResponseBuilder down() {
        return status(false);
    }

    @Override
    public HealthCheckResponseBuilder status(boolean up) {
        status = up ? HealthCheckResponse.Status.UP : HealthCheckResponse.Status.DOWN;
        return this;
    }

    @Override
    public HealthCheckResponse build() {
        return new HealthCheckResponse(name, status, Optional.of(data));
    }
}
