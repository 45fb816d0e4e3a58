// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/**
 * Says in JSON why something was not done.
 *
 * @param reason one sentence for people
 */
public record Reason(String reason) {

    static Response response(Response.StatusType status, String reason) {
        return Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new Reason(reason))
                .build();
    }

    static NotFoundException notFound(String reason) {
        return new NotFoundException(response(Response.Status.NOT_FOUND, reason));
    }
}
