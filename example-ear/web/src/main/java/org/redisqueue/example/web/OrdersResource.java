// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import org.redisqueue.example.orders.NewOrder;
import org.redisqueue.example.orders.Order;
import org.redisqueue.example.orders.OrderDesk;

/** Places orders, and reports their status. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class OrdersResource {

    @Inject
    private OrderDesk desk;

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response place(@NotNull(message = "the order is missing") @Valid NewOrder order) {
        return Response.accepted(Map.of("id", desk.place(order))).build();
    }

    @GET
    public List<Order> latest(
            @QueryParam("limit")
                    @DefaultValue("50")
                    @Min(value = 1, message = "limit is not a number from 1 to 1000")
                    @Max(value = 1000, message = "limit is not a number from 1 to 1000")
                    int limit) {
        return desk.latest(limit);
    }

    /** The id is chosen by the sender of the message, and may contain a slash. */
    @GET
    @Path("{id: .+}")
    public Order find(@PathParam("id") String id) {
        return desk.find(id).orElseThrow(() -> Reason.notFound("Order '" + id + "' does not exist"));
    }
}
