// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.ServiceUnavailableException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/**
 * The JSON body of an error response.
 *
 * @param reason an explanation for users
 */
public record Reason(String reason) {

    static Response response(Response.StatusType status, String reason) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new Reason(reason))
                .build();
    }

    /** For requests that may be repeated. */
    static ServiceUnavailableException unavailable(String reason, int secondsLeft) {
        return new ServiceUnavailableException(
                Response.fromResponse(response(Response.Status.SERVICE_UNAVAILABLE, reason))
                        .header(HttpHeaders.RETRY_AFTER, secondsLeft)
                        .build());
    }

    static NotFoundException notFound(String reason) {
        return new NotFoundException(response(Response.Status.NOT_FOUND, reason));
    }
}
