// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.rest;

import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.Response.Status;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.console.json.Problem;
import org.redisqueue.console.json.TooLargeException;

/** Converts exceptions to problem documents. Unexpected ones are logged; clients do not see their messages. */
@Provider
public class Problems implements ExceptionMapper<Throwable> {

    private static final Logger LOGGER = Logger.getLogger("org.redisqueue.console");

    @Override
    public Response toResponse(Throwable failure) {
        if (failure instanceof QueueAdminException e) {
            return response(status(e.kind()), String.valueOf(e.getMessage()));
        }
        if (failure instanceof TooLargeException) {
            return response(Status.REQUEST_ENTITY_TOO_LARGE, String.valueOf(failure.getMessage()));
        }
        if (failure instanceof UnsupportedOperationException) {
            return response(Status.NOT_IMPLEMENTED, "The installed resource adapter does not support this operation.");
        }
        if (failure instanceof WebApplicationException e && isOfClient(e.getResponse())) {
            return refused(e.getResponse());
        }
        LOGGER.log(Level.SEVERE, failure, () -> "RQ-601 The console cannot answer a request.");
        return response(
                Status.INTERNAL_SERVER_ERROR, "The request failed unexpectedly. See RQ-601 in the log of the server.");
    }

    private static Status status(QueueAdminException.Kind kind) {
        return switch (kind) {
            case INVALID -> Status.BAD_REQUEST;
            case NOT_FOUND -> Status.NOT_FOUND;
            case CONFLICT -> Status.CONFLICT;
            case FORBIDDEN -> Status.FORBIDDEN;
            case UNAVAILABLE -> Status.SERVICE_UNAVAILABLE;
        };
    }

    private static boolean isOfClient(Response response) {
        return response.getStatusInfo().getFamily() == Status.Family.CLIENT_ERROR;
    }

    /** Keeps the headers of the response, such as Allow. */
    private static Response refused(Response original) {
        String detail = switch (original.getStatus()) {
            case 404 -> "This resource does not exist.";
            case 405 -> "This resource does not support the method.";
            case 406 -> "This resource cannot be sent in an accepted format.";
            case 412 -> "The message has changed since it was read. Read it again.";
            default -> "The request is invalid.";
        };
        return Response.fromResponse(original)
                .type(Problem.TYPE)
                .entity(document(original.getStatusInfo(), detail))
                .build();
    }

    private static Response response(Response.StatusType status, String detail) {
        return Response.status(status)
                .type(MediaType.valueOf(Problem.TYPE))
                .entity(document(status, detail))
                .build();
    }

    private static String document(Response.StatusType status, String detail) {
        return new Problem(status.getStatusCode(), status.getReasonPhrase(), detail)
                .json()
                .toString();
    }
}
