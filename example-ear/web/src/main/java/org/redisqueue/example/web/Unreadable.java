// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.json.bind.JsonbException;
import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;

/** Responds with status 400 to a body that is not an order in JSON. */
@Provider
public class Unreadable implements ExceptionMapper<ProcessingException> {

    /** Does the same on servers that do not wrap the exceptions of JSON Binding in a {@link ProcessingException}. */
    @Provider
    public static class Plain implements ExceptionMapper<JsonbException> {
        @Override
        public Response toResponse(JsonbException e) {
            return refusal();
        }
    }

    @Override
    public Response toResponse(ProcessingException e) {
        return refusal();
    }

    private static Response refusal() {
        return Reason.response(
                Response.Status.BAD_REQUEST, "The body must be JSON such as {\"item\":\"book\",\"quantity\":2}");
    }
}
