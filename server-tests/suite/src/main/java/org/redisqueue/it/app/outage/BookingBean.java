// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.outage;

import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** A message-driven bean that writes a row for each message. */
public class BookingBean implements RedisMessageListener {

    private static final Queue<Long> FAILED = new ConcurrentLinkedQueue<>();

    /** When the deliveries that have failed began, by {@link System#nanoTime}. */
    public static List<Long> failed() {
        return List.copyOf(FAILED);
    }

    @Override
    public void onMessage(RedisMessage message) {
        long begin = System.nanoTime();
        try {
            Bookings.insert(message.text());
        } catch (SQLException e) {
            FAILED.add(begin);
            throw new IllegalStateException(e);
        }
    }
}
