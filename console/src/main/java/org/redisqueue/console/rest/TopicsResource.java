// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import org.redisqueue.console.json.Fields;
import org.redisqueue.console.json.TopicViews;

/** Topics, and the bindings of queues to them. */
@Path("topics")
@Produces(MediaType.APPLICATION_JSON)
public class TopicsResource {

    @GET
    public JsonArray all(@Context SecurityContext caller) {
        return Fields.list(Operations.of(caller).topics(), TopicViews::topic);
    }

    @GET
    @Path("{topic}")
    public JsonObject one(@PathParam("topic") String topic, @Context SecurityContext caller) {
        return TopicViews.topic(Operations.of(caller).topic(PathText.name(topic)));
    }

    @PUT
    @Path("{topic}/queues/{queue}")
    public JsonObject bind(
            @PathParam("topic") String topic, @PathParam("queue") String queue, @Context SecurityContext caller) {
        boolean added = Operations.of(caller).bind(PathText.name(topic), PathText.name(queue));
        return new Fields().add("bound", added).build();
    }

    @DELETE
    @Path("{topic}/queues/{queue}")
    public JsonObject unbind(
            @PathParam("topic") String topic, @PathParam("queue") String queue, @Context SecurityContext caller) {
        return TopicViews.report(Operations.of(caller).unbind(PathText.name(topic), PathText.name(queue)));
    }
}
