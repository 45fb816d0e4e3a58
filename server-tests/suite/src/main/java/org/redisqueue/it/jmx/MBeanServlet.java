// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.jmx;

import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Reads the management beans of the server: lists their names, returns an attribute, or calls an operation. Belongs to an
 * application that does not have the classes of the adapter.
 */
@WebServlet("/beans")
public class MBeanServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        response.setContentType("text/plain;charset=UTF-8");
        try {
            response.getWriter().print(answer(server, request));
        } catch (JMException e) {
            throw new ServletException(e);
        }
    }

    private static Object answer(MBeanServer server, HttpServletRequest request) throws JMException {
        String bean = request.getParameter("bean");
        if (bean == null) {
            return server.queryNames(new ObjectName("org.redisqueue:*"), null).stream()
                    .map(ObjectName::getCanonicalName)
                    .sorted()
                    .collect(Collectors.joining("\n"));
        }
        ObjectName name = new ObjectName(bean);
        String attribute = request.getParameter("attribute");
        if (attribute != null) {
            return server.getAttribute(name, attribute);
        }
        String seconds = request.getParameter("seconds");
        Object[] arguments = seconds == null ? new Object[0] : new Object[] {Long.valueOf(seconds)};
        String[] signature = seconds == null ? new String[0] : new String[] {long.class.getName()};
        return server.invoke(name, request.getParameter("operation"), arguments, signature);
    }
}
