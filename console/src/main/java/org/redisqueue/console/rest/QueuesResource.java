// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import jakarta.ws.rs.core.UriInfo;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.Place;
import org.redisqueue.console.json.Constants;
import org.redisqueue.console.json.Fields;
import org.redisqueue.console.json.QueueViews;
import org.redisqueue.console.json.RequestBody;
import org.redisqueue.console.json.Selections;

/** Queues, and operations on a whole queue. */
@Path("queues")
@Produces(MediaType.APPLICATION_JSON)
public class QueuesResource {

    @GET
    public JsonArray all(@Context SecurityContext caller) {
        return Fields.list(Operations.of(caller).queues(), QueueViews::queue);
    }

    @GET
    @Path("{queue}")
    public JsonObject one(@PathParam("queue") String queue, @Context SecurityContext caller) {
        return QueueViews.queue(Operations.of(caller).queue(PathText.name(queue)));
    }

    @DELETE
    @Path("{queue}")
    public Response delete(@PathParam("queue") String queue, @Context UriInfo uris, @Context SecurityContext caller) {
        return Replies.started(Operations.of(caller).deleteQueue(PathText.name(queue)), uris);
    }

    @POST
    @Path("{queue}/pause")
    public void pause(@PathParam("queue") String queue, @Context SecurityContext caller, InputStream body)
            throws IOException {
        RequestBody request = RequestBody.read(body, "seconds");
        Duration duration = request.has("seconds") ? Duration.ofSeconds(request.number("seconds")) : null;
        Operations.of(caller).pause(PathText.name(queue), duration);
    }

    @POST
    @Path("{queue}/resume")
    public void resume(@PathParam("queue") String queue, @Context SecurityContext caller, InputStream body)
            throws IOException {
        RequestBody.read(body);
        Operations.of(caller).resume(PathText.name(queue));
    }

    @POST
    @Path("{queue}/move")
    public Response move(
            @PathParam("queue") String queue, @Context UriInfo uris, @Context SecurityContext caller, InputStream body)
            throws IOException {
        RequestBody request = RequestBody.read(body, "target", "place", "ids", "filter", "all");
        String place = request.optionalText("place");
        Job job = Operations.of(caller)
                .move(
                        PathText.name(queue),
                        place == null ? Place.DEAD : Constants.parse(Place.class, "place", place),
                        Selections.read(request),
                        request.text("target"));
        return Replies.started(job, uris);
    }

    @POST
    @Path("{queue}/purge")
    public Response purge(
            @PathParam("queue") String queue, @Context UriInfo uris, @Context SecurityContext caller, InputStream body)
            throws IOException {
        RequestBody.read(body);
        return Replies.started(Operations.of(caller).purge(PathText.name(queue)), uris);
    }
}
