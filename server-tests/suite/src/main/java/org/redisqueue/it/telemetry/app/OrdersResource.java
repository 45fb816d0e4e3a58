// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.telemetry.app;

import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import java.sql.SQLException;
import java.time.Duration;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.it.app.Connections;

/** Sends an order, responds in which trace it was booked, and receives a message. */
@RequestScoped
@Path("orders")
public class OrdersResource {

    public static final String ORDERS = "telemetry.orders";

    @Inject
    @RedisQueue(ORDERS)
    private RedisQueueSender orders;

    @POST
    public String order(String text) throws SQLException {
        Bookings.createTable();
        return orders.send(text);
    }

    @GET
    @Path("{text}")
    public String trace(@PathParam("text") String text) throws SQLException {
        return Bookings.trace(text);
    }

    /** Returns the id of the message. */
    @POST
    @Path("received/{queue}")
    public String receive(@PathParam("queue") String queue) {
        try (RedisQueueConnection connection = Connections.open()) {
            return connection
                    .receive(queue, Duration.ofSeconds(10))
                    .map(RedisMessage::id)
                    .orElse("none");
        }
    }
}
