// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.web;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Writes the errors of the container, such as refused access, as problem documents without details of the server. */
public class ErrorServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        int status = request.getDispatcherType() == DispatcherType.ERROR
                        && request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer code
                ? code
                : HttpServletResponse.SC_NOT_FOUND;
        ProblemWriter.write(response, status, detail(status));
    }

    private static String detail(int status) {
        return switch (status) {
            case 401 -> "Log in to use the console.";
            case 403 ->
                "Reading requires the role " + Roles.VIEWER + " or " + Roles.OPERATOR + ". Changes require "
                        + Roles.OPERATOR + ".";
            case 404 -> "This resource does not exist.";
            case 405 -> "The method is not supported.";
            default -> status < 500 ? "The request is invalid." : "The request failed unexpectedly.";
        };
    }
}
