// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

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
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.console.json.RequestBody;
import org.redisqueue.console.json.Selections;

/** Operations on the dead letters of a queue. */
@Path("queues/{queue}/dead")
@Produces(MediaType.APPLICATION_JSON)
public class DeadLettersResource {

    @POST
    @Path("requeue")
    public Response requeue(
            @PathParam("queue") String queue, @Context UriInfo uris, @Context SecurityContext caller, InputStream body)
            throws IOException {
        MessageSelection selection = selection(body);
        return Replies.started(Operations.of(caller).requeueDeadLetters(PathText.name(queue), selection), uris);
    }

    @POST
    @Path("delete")
    public Response delete(
            @PathParam("queue") String queue, @Context UriInfo uris, @Context SecurityContext caller, InputStream body)
            throws IOException {
        MessageSelection selection = selection(body);
        return Replies.started(Operations.of(caller).deleteDeadLetters(PathText.name(queue), selection), uris);
    }

    private static MessageSelection selection(InputStream body) throws IOException {
        return Selections.read(RequestBody.read(body, "ids", "filter", "all"));
    }
}
