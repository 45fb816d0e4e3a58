// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.json.JsonObject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.console.json.ReportViews;
import org.redisqueue.console.json.RequestBody;

/** Looks for damaged queues and repairs them. */
@Path("")
@Produces(MediaType.APPLICATION_JSON)
public class ConsistencyResource {

    private static final int PAUSE_SECONDS = 15;
    private static final int MAX_PAUSE_SECONDS = 300;

    /** A check blocks a thread of the server for minutes. */
    private static final Semaphore CHECKS = new Semaphore(1);

    @GET
    @Path("check")
    public JsonObject check(
            @QueryParam("queue") @Nullable String queue,
            @QueryParam("pauseSeconds") @Nullable String pauseSeconds,
            @Context SecurityContext caller) {
        int pause = PathText.number("pauseSeconds", pauseSeconds, PAUSE_SECONDS);
        if (pause < 0 || pause > MAX_PAUSE_SECONDS) {
            throw new QueueAdminException(Kind.INVALID, "pauseSeconds must be from 0 to " + MAX_PAUSE_SECONDS + ".");
        }
        QueueAdmin operations = Operations.of(caller);
        if (!CHECKS.tryAcquire()) {
            throw new QueueAdminException(Kind.CONFLICT, "Another check is running. Try again when it has ended.");
        }
        try {
            return ReportViews.check(operations.check(PathText.optional(queue), Duration.ofSeconds(pause)));
        } finally {
            CHECKS.release();
        }
    }

    /** Repairs findings of {@link #check}. */
    @POST
    @Path("repair")
    public JsonObject repair(@Context SecurityContext caller, InputStream body) throws IOException {
        RequestBody request = RequestBody.read(body, "findings");
        return ReportViews.repair(Operations.of(caller).repair(ReportViews.findings(request)));
    }
}
