// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import org.redisqueue.example.orders.DatabaseUnavailableException;

/** Responds with status 503 to requests that need the database during an outage. */
@Provider
public class Unavailable implements ExceptionMapper<DatabaseUnavailableException> {

    @Override
    public Response toResponse(DatabaseUnavailableException e) {
        return Response.fromResponse(Reason.response(Response.Status.SERVICE_UNAVAILABLE, e.getMessage()))
                .header(HttpHeaders.RETRY_AFTER, e.getSecondsLeft())
                .build();
    }
}
