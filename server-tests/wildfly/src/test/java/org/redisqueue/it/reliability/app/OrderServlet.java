// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.app;

import jakarta.annotation.Resource;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.UserTransaction;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/** Takes an order: inserts a row into the database and sends a message to {@link #QUEUE}, in one transaction. */
@WebServlet("/orders")
public class OrderServlet extends HttpServlet {

    /** The queue of orders. */
    public static final String QUEUE = "orders";

    private static final long serialVersionUID = 1L;

    @Resource(lookup = "java:/eis/RedisQueue")
    private transient RedisQueueConnectionFactory connections;

    @Resource(lookup = "java:jboss/datasources/Bookings")
    private transient DataSource database;

    @Resource
    private transient UserTransaction transaction;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws ServletException {
        String body = request.getParameter("body");
        try {
            transaction.begin();
            try {
                order(body);
            } catch (SQLException | RuntimeException e) {
                transaction.rollback();
                throw e;
            }
            if (body.startsWith(BookingListener.ROLLED_BACK)) {
                transaction.rollback();
            } else {
                transaction.commit();
            }
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    private void order(String body) throws SQLException {
        Bookings.insertOrder(database, body);
        if (body.startsWith(BookingListener.REFUSED)) {
            Bookings.insertRowRefusedAtPrepare(database);
        }
        try (RedisQueueConnection connection = connections.createConnection()) {
            connection.send(QUEUE, body);
        }
    }
}
