// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The REST resources at {@code /sales}. */
@ApplicationPath("/sales")
public class SalesApplication extends Application {

    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(SalesResource.class, Unavailable.class);
    }
}
