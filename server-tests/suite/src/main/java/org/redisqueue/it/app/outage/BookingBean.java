// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.app.outage;

import java.sql.SQLException;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;

/** A message-driven bean that writes a row for each message. */
public class BookingBean implements RedisMessageListener {

    @Override
    public void onMessage(RedisMessage message) {
        try {
            Bookings.insert(message.text());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
