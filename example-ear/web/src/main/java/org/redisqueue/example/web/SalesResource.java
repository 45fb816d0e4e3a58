// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.redisqueue.example.orders.OrderDesk;
import org.redisqueue.example.orders.Sales;

/** Reports what has been sold. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class SalesResource {

    @Inject
    private OrderDesk desk;

    @GET
    public Sales sales() {
        return desk.sales();
    }
}
