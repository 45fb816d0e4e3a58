// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.json.JsonArray;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import org.redisqueue.console.json.Fields;
import org.redisqueue.console.json.ServerViews;

/** Servers and their listeners. */
@Path("servers")
@Produces(MediaType.APPLICATION_JSON)
public class ServersResource {

    @GET
    public JsonArray all(@Context SecurityContext caller) {
        return Fields.list(Operations.of(caller).servers(), ServerViews::server);
    }
}
