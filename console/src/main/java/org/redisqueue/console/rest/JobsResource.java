// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.json.JsonObject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import org.redisqueue.console.json.QueueViews;

/** The progress of operations on many messages. */
@Path("jobs")
@Produces(MediaType.APPLICATION_JSON)
public class JobsResource {

    @GET
    @Path("{job}")
    public JsonObject job(@PathParam("job") String job, @Context SecurityContext caller) {
        return QueueViews.job(Replies.found(Operations.of(caller).job(job), "The job"));
    }
}
