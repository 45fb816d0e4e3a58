// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.json.JsonArray;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.console.json.Constants;
import org.redisqueue.console.json.Fields;
import org.redisqueue.console.json.RequestBody;
import org.redisqueue.console.json.ServerViews;

/** Prepared transaction branches. */
@Path("in-doubt")
@Produces(MediaType.APPLICATION_JSON)
public class InDoubtResource {

    @GET
    public JsonArray all(@Context SecurityContext caller) {
        return Fields.list(Operations.of(caller).inDoubt(), ServerViews::branch);
    }

    @POST
    @Path("{xid}")
    public void decide(@PathParam("xid") String xid, @Context SecurityContext caller, InputStream body)
            throws IOException {
        RequestBody request = RequestBody.read(body, "decision", "force");
        Decision decision = Constants.parse(Decision.class, "decision", request.text("decision"));
        Operations.of(caller).decide(PathText.name(xid), decision, request.flag("force"));
    }
}
