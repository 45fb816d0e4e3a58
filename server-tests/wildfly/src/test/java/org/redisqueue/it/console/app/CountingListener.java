// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.console.app;

import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** Counts its deliveries. */
public class CountingListener implements RedisMessageListener {

    private static final AtomicLong DELIVERIES = new AtomicLong();

    @Override
    public void onMessage(RedisMessage message) {
        DELIVERIES.incrementAndGet();
    }

    /** Tells the number of deliveries so far. */
    @WebServlet(Count.PATH)
    public static class Count extends HttpServlet {

        public static final String PATH = "/deliveries";

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print(DELIVERIES.get());
        }
    }
}
