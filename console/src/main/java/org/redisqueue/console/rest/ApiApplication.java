// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The REST API at {@code /api}. */
@ApplicationPath("/api")
public class ApiApplication extends Application {

    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(
                AuditResource.class,
                CallerResource.class,
                ConsistencyResource.class,
                DeadLettersResource.class,
                HistoryResource.class,
                InDoubtResource.class,
                JobsResource.class,
                MessagesResource.class,
                OpenApiResource.class,
                QueuesResource.class,
                ServersResource.class,
                SettingsResource.class,
                TopicsResource.class,
                Problems.class);
    }
}
