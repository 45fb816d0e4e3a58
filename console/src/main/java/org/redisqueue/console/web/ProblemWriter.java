// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.web;

import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.redisqueue.console.json.Problem;

/** Writes problem documents outside of the REST API. */
final class ProblemWriter {

    private ProblemWriter() {}

    static void write(HttpServletResponse response, int status, String detail) throws IOException {
        Response.Status known = Response.Status.fromStatusCode(status);
        String title = known == null ? "Error" : known.getReasonPhrase();
        byte[] document = new Problem(status, title, detail).json().toString().getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(Problem.TYPE);
        response.setContentLength(document.length);
        response.getOutputStream().write(document);
    }
}
