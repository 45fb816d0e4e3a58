// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.app;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.Synchronization;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Responds with the number of active transactions of deliveries. */
@WebServlet("/transactions")
public class ActiveTransactions extends HttpServlet {

    private static final long serialVersionUID = 1L;
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Counts the current transaction until it ends. */
    static void count(TransactionSynchronizationRegistry registry) {
        COUNT.incrementAndGet();
        registry.registerInterposedSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {}

            @Override
            public void afterCompletion(int status) {
                COUNT.decrementAndGet();
            }
        });
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.getWriter().print(COUNT.get());
    }
}
