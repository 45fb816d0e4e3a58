// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.app;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.redisqueue.it.reliability.process.FaultPoint;

/** Arms fault points, and responds as soon as the application has started. */
@WebServlet("/faults")
public class FaultServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        response.setStatus(HttpServletResponse.SC_OK);
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
        System.setProperty(FaultPoint.PROPERTY, request.getParameter("arm"));
    }
}
