// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.metrics;

import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.console.rest.Operations;

/** Serves the state of queues and listeners in the text format of Prometheus. */
public class MetricsServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private static final Logger LOGGER = Logger.getLogger("org.redisqueue.console");

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        ExpositionFormatWriter format = PrometheusTextFormatWriter.create();
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            QueueAdmin operations = Operations.of(request.getUserPrincipal().getName());
            format.write(text, new Metrics(operations).snapshots());
        } catch (QueueAdminException e) {
            LOGGER.log(Level.FINE, "Redis has no answer for Prometheus.", e);
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        response.setContentType(format.getContentType());
        response.setContentLength(text.size());
        text.writeTo(response.getOutputStream());
    }
}
