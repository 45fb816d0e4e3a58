// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

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
import java.io.IOException;
import java.io.InputStream;
import org.redisqueue.console.json.Fields;
import org.redisqueue.console.json.RequestBody;

/** The settings of a queue, which apply to all servers together. */
@Path("queues/{queue}/settings")
@Produces(MediaType.APPLICATION_JSON)
public class SettingsResource {

    @GET
    public JsonObject all(@PathParam("queue") String queue, @Context SecurityContext caller) {
        return Fields.texts(Operations.of(caller).settings(PathText.name(queue)));
    }

    @PUT
    @Path("{setting}")
    public void change(
            @PathParam("queue") String queue,
            @PathParam("setting") String setting,
            @Context SecurityContext caller,
            InputStream body)
            throws IOException {
        String value = RequestBody.read(body, "value").text("value");
        Operations.of(caller).changeSetting(PathText.name(queue), setting, value);
    }

    @DELETE
    @Path("{setting}")
    public void remove(
            @PathParam("queue") String queue, @PathParam("setting") String setting, @Context SecurityContext caller) {
        Operations.of(caller).changeSetting(PathText.name(queue), setting, null);
    }
}
