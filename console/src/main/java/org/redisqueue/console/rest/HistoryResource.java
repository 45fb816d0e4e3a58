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
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.console.json.Fields;
import org.redisqueue.console.json.QueueViews;

/** The deliveries of the last minutes, for several queues in one request. */
@Path("history")
@Produces(MediaType.APPLICATION_JSON)
public class HistoryResource {

    private static final int MAX_QUEUES = 50;
    private static final int MINUTES = 60;

    @GET
    public JsonArray history(
            @QueryParam("queue") List<String> queues,
            @QueryParam("minutes") @Nullable String minutes,
            @Context SecurityContext caller) {
        if (queues.isEmpty() || queues.size() > MAX_QUEUES) {
            throw new QueueAdminException(
                    Kind.INVALID, "Name 1 to " + MAX_QUEUES + " queues with the parameter queue.");
        }
        QueueAdmin operations = Operations.of(caller);
        int length = PathText.number("minutes", minutes, MINUTES);
        return Fields.list(queues, queue -> QueueViews.history(operations.history(queue, length)));
    }
}
