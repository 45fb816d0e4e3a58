// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.RequestScoped;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.List;
import org.redisqueue.RedisQueueConnectionFactory;

/** Reports the content of the queues. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
@RequestScoped
public class QueuesResource {

    private static final List<String> NAMES = List.of("orders", "receipts");

    /** The number of messages in a queue, by state. */
    public record Queue(String name, long ready, long processing, long dead) {}

    /** A dead letter. */
    public record Dead(String id, String reason, int deliveries, Instant at) {}

    @Resource(name = "eis/RedisQueue")
    private RedisQueueConnectionFactory queues;

    @GET
    public List<Queue> counts() {
        try (var connection = queues.createConnection()) {
            return NAMES.stream()
                    .map(name -> {
                        var counts = connection.counts(name);
                        return new Queue(name, counts.ready(), counts.processing(), counts.dead());
                    })
                    .toList();
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
