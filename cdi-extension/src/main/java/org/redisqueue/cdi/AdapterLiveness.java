// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.cdi;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;

/**
 * The liveness of an application: down if a thread of the adapter is stuck, which only a restart cures. A Redis that is
 * unreachable has no influence on it. Servers without MicroProfile Health do not load this class: see {@code beans.xml}.
 */
@Liveness
@ApplicationScoped
public class AdapterLiveness implements HealthCheck {

    private final UsedAdapters adapters;

    /** For client proxies. */
    @SuppressWarnings("NullAway") // a client proxy does not use its own fields
    AdapterLiveness() {
        this(null);
    }

    @Inject
    AdapterLiveness(UsedAdapters adapters) {
        this.adapters = adapters;
    }

    @Override
    public HealthCheckResponse call() {
        HealthCheckResponseBuilder response = HealthCheckResponse.named(RedisReadiness.NAME);
        boolean alive = true;
        for (UsedAdapters.Used adapter : adapters.all()) {
            alive &= adapter.isAlive();
            response.withData(adapter.name() + ".alive", adapter.isAlive());
        }
        return response.status(alive).build();
    }
}
