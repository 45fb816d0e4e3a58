// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.ejb.EJBException;
import jakarta.inject.Inject;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.redisqueue.example.orders.NewOrder;
import org.redisqueue.example.orders.Order;
import org.redisqueue.example.orders.OrderDesk;

/** Places orders, and reports their status. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class OrdersResource {

    private static final Logger LOGGER = Logger.getLogger(OrdersResource.class.getName());
    private static final int ATTEMPTS = 6;

    @Inject
    private OrderDesk desk;

    /**
     * Places an order.
     *
     * @param key the same for all repetitions of one request: within five minutes, they place one order, and get the same
     *     response
     */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response place(
            @HeaderParam("Idempotency-Key")
                    @Pattern(
                            regexp = "[!-~]{1,200}",
                            message = "Idempotency-Key must be 1 to 200 printable ASCII characters without spaces")
                    String key,
            @NotNull(message = "the order is missing") @Valid NewOrder order)
            throws InterruptedException {
        return Response.accepted(Map.of("id", place(order, Optional.ofNullable(key))))
                .build();
    }

    /**
     * Runs the transaction again if it has rolled back, because one with the same key was committed at the same time. If the
     * server of that one has died, recovery decides about it first, which may take longer.
     */
    private String place(NewOrder order, Optional<String> key) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                return desk.place(order, key);
            } catch (EJBException e) {
                if (key.isEmpty()) {
                    throw e;
                } else if (attempt == ATTEMPTS) {
                    LOGGER.log(Level.WARNING, "An order may not have been placed.", e);
                    throw Reason.unavailable(
                            "The order may not have been placed. Repeat the request with the same key.", 5);
                }
                TimeUnit.MILLISECONDS.sleep(20L << attempt);
            }
        }
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
