// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.json.JsonArray;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import org.jspecify.annotations.Nullable;
import org.redisqueue.console.json.Fields;
import org.redisqueue.console.json.ReportViews;

/** The changes that operators have requested. */
@Path("audit")
@Produces(MediaType.APPLICATION_JSON)
public class AuditResource {

    private static final int PAGE = 100;

    @GET
    public JsonArray entries(
            @QueryParam("before") @Nullable String before,
            @QueryParam("limit") @Nullable String limit,
            @Context SecurityContext caller) {
        return Fields.list(
                Operations.of(caller).audit(PathText.optional(before), PathText.number("limit", limit, PAGE)),
                ReportViews::entry);
    }
}
