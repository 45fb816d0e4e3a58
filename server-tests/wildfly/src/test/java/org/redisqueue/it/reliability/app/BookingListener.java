// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.reliability.app;

import jakarta.annotation.Resource;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisMessageListener;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;

/**
 * Books each message: inserts a row into the database and sends a message to the queue with the suffix {@code .done}, in the
 * transaction of the delivery. Each row and each message therefore counts as one effect of the delivery. Some messages are also
 * published, to the topic with the suffix {@code .events}.
 */
public class BookingListener implements RedisMessageListener {

    /** Prefix of bodies whose first delivery the listener rolls back. */
    public static final String ROLLED_BACK = "rolled back ";

    /** Prefix of bodies whose first delivery the database refuses to prepare. */
    public static final String REFUSED = "refused ";

    /** Prefix of bodies that are not booked in the database, so that their transactions have only one resource. */
    public static final String PASSED_ON = "passed on ";

    /** Suffix of bodies that are also published to a topic. */
    public static final String PUBLISHED = " published";

    @Resource(lookup = "java:/eis/RedisQueue")
    private RedisQueueConnectionFactory connections;

    @Resource(lookup = "java:jboss/datasources/Bookings")
    private DataSource database;

    @Resource
    private TransactionSynchronizationRegistry transactions;

    @Override
    public void onMessage(RedisMessage message) {
        Started.note(message);
        ActiveTransactions.count(transactions);
        try {
            book(message);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void book(RedisMessage message) throws SQLException {
        String body = message.text();
        if (!body.startsWith(PASSED_ON)) {
            Bookings.insert(database, message.queue(), body);
        }
        if (!message.redelivered()) {
            if (body.startsWith(ROLLED_BACK)) {
                transactions.setRollbackOnly();
            } else if (body.startsWith(REFUSED)) {
                Bookings.insertRowRefusedAtPrepare(database);
            }
        }
        try (RedisQueueConnection connection = connections.createConnection()) {
            connection.send(message.queue() + ".done", body);
            if (body.endsWith(PUBLISHED)) {
                connection.publish(message.queue() + ".events", body);
            }
        }
    }
}
