// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Readiness;

/**
 * The readiness of an application: down while Redis is unreachable for too long. Servers without MicroProfile Health do
 * not load this class: see {@code beans.xml}.
 */
@Readiness
@ApplicationScoped
public class RedisReadiness implements HealthCheck {

    /** The name of the checks. */
    static final String NAME = "redis-queue";

    private final UsedAdapters adapters;

    /** For client proxies. */
    @SuppressWarnings("NullAway") // a client proxy does not use its own fields
    RedisReadiness() {
        this(null);
    }

    @Inject
    RedisReadiness(UsedAdapters adapters) {
        this.adapters = adapters;
    }

    /** Starts to monitor Redis after the listeners have found the adapter, so that the first probe finds a result. */
    void start(
            @Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) @Initialized(ApplicationScoped.class)
                    Object event) {
        adapters.all();
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named(NAME);
        boolean ready = true;
        for (UsedAdapters.Used adapter : adapters.all()) {
            ready &= adapter.isReady();
            response.withData(
                    adapter.name() + ".connected",
                    adapter.health().map(health -> health.connected()).orElse(false));
            adapter.health()
                    .flatMap(health -> health.unreachableSince())
                    .ifPresent(since -> response.withData(adapter.name() + ".unreachableSince", since.toString()));
        }
        return response.status(ready).build();
    }
}
