// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.json.JsonObject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import org.redisqueue.console.json.Fields;
import org.redisqueue.console.web.Roles;

/** Tells the page who uses it, and whether to offer changes. */
@Path("caller")
@Produces(MediaType.APPLICATION_JSON)
public class CallerResource {

    @GET
    public JsonObject caller(@Context SecurityContext security) {
        return new Fields()
                .add("name", security.getUserPrincipal().getName())
                .add("operator", security.isUserInRole(Roles.OPERATOR))
                .build();
    }
}
