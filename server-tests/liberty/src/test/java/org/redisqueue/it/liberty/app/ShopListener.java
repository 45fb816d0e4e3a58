// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.liberty.app;

import jakarta.annotation.Resource;
import jakarta.ejb.ActivationConfigProperty;
import jakarta.ejb.MessageDriven;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/** Writes the body of each message and the name of the server to the table {@code bookings}, and sends it to the queue {@code done}. */
@MessageDriven(
        messageListenerInterface = RedisMessageListener.class,
        activationConfig = {
            @ActivationConfigProperty(propertyName = "queue", propertyValue = "orders"),
            @ActivationConfigProperty(propertyName = "maxConcurrency", propertyValue = "8"),
            @ActivationConfigProperty(propertyName = "lease", propertyValue = "5000")
        })
public class ShopListener implements RedisMessageListener {

    @Resource(lookup = "jdbc/shop")
    private DataSource database;

    @Resource(lookup = "eis/RedisQueue")
    private RedisQueueConnectionFactory redis;

    @Override
    public void onMessage(RedisMessage message) {
        try (Connection connection = database.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO bookings VALUES (?, ?)");
                RedisQueueConnection queues = redis.createConnection()) {
            insert.setString(1, message.text());
            insert.setString(2, System.getProperty("peer.name"));
            insert.executeUpdate();
            queues.send("done", message.text());
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
