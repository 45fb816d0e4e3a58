// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.web;

import jakarta.validation.ConstraintViolation;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.util.stream.Collectors;

/** Responds with status 400 to input that violates a constraint. */
@Provider
public class InvalidInput implements ExceptionMapper<ConstraintViolationException> {

    @Override
    public Response toResponse(ConstraintViolationException e) {
        var reasons = e.getConstraintViolations().stream().map(ConstraintViolation::getMessage);
        return Reason.response(
                Response.Status.BAD_REQUEST, reasons.distinct().sorted().collect(Collectors.joining("; ")));
    }
}
