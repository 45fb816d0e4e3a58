// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.RequestScoped;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.example.orders.NewOrder;

/** Reports the content of the queues, and sends orders to one of them. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
public class QueuesResource {

    private static final List<String> NAMES = List.of("orders", "receipts", "statistics");

    /**
     * The number of messages in a queue, by state.
     *
     * @param breakerOpen whether the circuit breaker of a listener is open, as of the latest heartbeat of its server
     */
    public record Queue(String name, long ready, long processing, long dead, boolean breakerOpen) {}

    /** A dead letter. */
    public record Dead(String id, String reason, int deliveries, Instant at) {}

    @Resource(name = "eis/RedisQueue")
    private RedisQueueConnectionFactory queues;

    @GET
    public List<Queue> counts() {
        var listeners = queues.admin().servers().stream()
                .filter(ServerStatus::alive)
                .flatMap(server -> server.listeners().stream())
                .toList();
        try (var connection = queues.createConnection()) {
            return NAMES.stream()
                    .map(name -> {
                        var counts = connection.counts(name);
                        var breakerOpen = listeners.stream()
                                .anyMatch(listener -> listener.queue().equals(name) && listener.breakerOpen());
                        return new Queue(name, counts.ready(), counts.processing(), counts.dead(), breakerOpen);
                    })
                    .toList();
        }
    }

    /** Sends an order as a program without access to the database does: the listener will insert it. */
    @POST
    @Path("orders")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response send(@NotNull(message = "the order is missing") @Valid NewOrder order) {
        try (var connection = queues.createConnection()) {
            return Response.accepted(Map.of("id", connection.send("orders", order)))
                    .build();
        }
    }

    /** The latest 50 dead letters of a queue. */
    @GET
    @Path("{name}/dead")
    public List<Dead> dead(@PathParam("name") String name) {
        if (!NAMES.contains(name)) {
            throw Reason.notFound("Queue '" + name + "' does not exist");
        }
        try (var connection = queues.createConnection()) {
            return connection.deadLetters(name, 50).stream()
                    .map(letter -> new Dead(letter.id(), letter.reason(), letter.deliveries(), letter.at()))
                    .toList();
        }
    }
}
