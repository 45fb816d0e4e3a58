// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.annotated;

import jakarta.annotation.Resource;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.UserTransaction;
import java.io.IOException;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.it.app.Connections;
import org.redisqueue.it.app.Database;

/** Sends a body and inserts it into the database in one transaction; responds whether the database then contains it. */
@WebServlet("/send")
public class SendingServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    @Resource
    private transient UserTransaction transaction;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        String body = request.getParameter("body");
        try {
            Database.create();
            transaction.begin();
            Database.insert(body);
            try (RedisQueueConnection connection = Connections.open()) {
                connection.send(request.getParameter("queue"), body);
            }
            if (Boolean.parseBoolean(request.getParameter("commit"))) {
                transaction.commit();
            } else {
                transaction.rollback();
            }
            response.getWriter().print(Database.contains(body));
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }
}
