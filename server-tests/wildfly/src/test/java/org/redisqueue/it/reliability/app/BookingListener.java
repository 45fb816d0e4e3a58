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
 * Books each message: one row in the database and one message in a queue whose name ends with {@code .done}, in the
 * transaction of its delivery. So each row and each message there is one effect.
 */
public class BookingListener implements RedisMessageListener {

    /** The first delivery of a body that begins so is rolled back by the listener. */
    public static final String ROLLED_BACK = "rolled back ";

    /** The first delivery of a body that begins so is refused by the database when it is to prepare. */
    public static final String REFUSED = "refused ";

    /** A body that begins so is not booked in the database, so that its transaction has one resource. */
    public static final String PASSED_ON = "passed on ";

    @Resource(lookup = "java:/eis/RedisQueue")
    private RedisQueueConnectionFactory connections;

    @Resource(lookup = "java:jboss/datasources/Bookings")
    private DataSource database;

    @Resource
    private TransactionSynchronizationRegistry transactions;

    @Override
    public void onMessage(RedisMessage message) {
        Started.note(message);
        TransactionsAtWork.count(transactions);
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
                Bookings.insertWhatIsRefusedAtPrepare(database);
            }
        }
        try (RedisQueueConnection connection = connections.createConnection()) {
            connection.send(message.queue() + ".done", body);
        }
    }
}
