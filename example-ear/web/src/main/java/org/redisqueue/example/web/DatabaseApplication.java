// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The REST resources at {@code /database}. */
@ApplicationPath("/database")
public class DatabaseApplication extends Application {

    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(DatabaseResource.class, InvalidInput.class);
    }
}
