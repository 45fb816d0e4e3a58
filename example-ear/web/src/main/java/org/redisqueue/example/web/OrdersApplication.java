// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Set;

/** The REST resources at {@code /orders}. An application at the root would hide the page. */
@ApplicationPath("/orders")
public class OrdersApplication extends Application {

    @Override
    public Set<Class<?>> getClasses() {
        return Set.of(
                OrdersResource.class, InvalidInput.class, Unavailable.class, Unreadable.class, Unreadable.Plain.class);
    }
}
