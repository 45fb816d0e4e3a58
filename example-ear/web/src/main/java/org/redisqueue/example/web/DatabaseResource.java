// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.inject.Inject;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.redisqueue.example.orders.DatabaseOutage;

/** Makes the database unavailable for some time, and reports whether it is available. */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public class DatabaseResource {

    /**
     * The state of the database.
     *
     * @param secondsLeft the number of seconds until it is available again, or 0
     */
    public record Database(boolean available, int secondsLeft) {}

    @Inject
    private DatabaseOutage outage;

    @GET
    public Database state() {
        var secondsLeft = outage.secondsLeft();
        return new Database(secondsLeft == 0, secondsLeft);
    }

    /** Begins an outage, unless there is one. It ends without further requests. */
    @POST
    @Path("outage")
    public Response begin(
            @QueryParam("seconds")
                    @DefaultValue("30")
                    @Min(value = 1, message = "seconds is not a number from 1 to 60")
                    @Max(value = 60, message = "seconds is not a number from 1 to 60")
                    int seconds) {
        outage.begin(seconds);
        return Response.accepted(state()).build();
    }
}
