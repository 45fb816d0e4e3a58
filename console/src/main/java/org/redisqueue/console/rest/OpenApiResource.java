// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.io.InputStream;

/** The description of the REST API. */
@Path("openapi.json")
@Produces(MediaType.APPLICATION_JSON)
public class OpenApiResource {

    @GET
    public InputStream description() {
        return OpenApiResource.class.getResourceAsStream("openapi.json");
    }
}
