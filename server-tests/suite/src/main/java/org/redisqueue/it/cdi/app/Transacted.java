// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.it.cdi.app;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionSynchronizationRegistry;
import jakarta.transaction.Transactional;
import jakarta.transaction.Transactional.TxType;
import java.sql.SQLException;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueListener;
import org.redisqueue.RedisQueueSender;
import org.redisqueue.SendTo;
import org.redisqueue.it.app.Calls;
import org.redisqueue.it.app.Database;

/** Listeners that write to the database, send a message, and then end in different ways. */
@ApplicationScoped
public class Transacted {

    public static final String FAILS = "fails ";
    public static final String ROLLS_BACK = "rolls back ";

    /** An exception that commits the transaction. */
    public static final class Tolerated extends Exception {

        private static final long serialVersionUID = 1L;
    }

    @Inject
    @RedisQueue("cdi.transacted.${cdi.next:done}")
    private RedisQueueSender done;

    @Resource
    private TransactionSynchronizationRegistry transactions;

    @Inject
    private Bookkeeping bookkeeping;

    @RedisQueueListener(queue = "cdi.transacted", properties = "redeliveryDelay=1")
    void book(RedisMessage message) throws Exception {
        String body = message.text();
        Calls.record("book", body, message.deliveryCount());
        Database.insert(body);
        done.send(body);
        if (!message.redelivered() && body.startsWith(FAILS)) {
            throw new Exception("the first time");
        }
        if (!message.redelivered() && body.startsWith(ROLLS_BACK)) {
            transactions.setRollbackOnly();
        }
    }

    @RedisQueueListener(queue = "cdi.one-phase")
    void onePhase(String body) {
        done.send(body);
    }

    @Transactional
    @RedisQueueListener(queue = "cdi.own-required", properties = "redeliveryDelay=1")
    void ownRequired(RedisMessage message) throws SQLException {
        bookkeeping.note(message.text());
        if (!message.redelivered()) {
            throw new IllegalStateException("the first time");
        }
    }

    @Transactional(dontRollbackOn = Tolerated.class)
    @RedisQueueListener(queue = "cdi.tolerated")
    void tolerated(String body) throws Exception {
        Database.insert(body);
        throw new Tolerated();
    }

    @Transactional(TxType.NOT_SUPPORTED)
    @RedisQueueListener(queue = "cdi.untransacted", properties = "redeliveryDelay=1")
    void untransacted(RedisMessage message) {
        Calls.record("untransacted", message.deliveryCount(), transactions.getTransactionKey() == null);
        if (!message.redelivered()) {
            throw new IllegalStateException("the first time");
        }
    }

    @Transactional(TxType.NEVER)
    @RedisQueueListener(queue = "cdi.never", properties = "redeliveryDelay=1")
    void never(RedisMessage message) {
        Calls.record("never", message.deliveryCount(), transactions.getTransactionKey() == null);
        if (!message.redelivered()) {
            throw new IllegalStateException("the first time");
        }
    }

    @Transactional(TxType.MANDATORY)
    @RedisQueueListener(queue = "cdi.mandatory", properties = "redeliveryDelay=1")
    void mandatory(RedisMessage message) throws SQLException {
        ownRequired(message);
    }

    @Transactional(TxType.SUPPORTS)
    @RedisQueueListener(queue = "cdi.supports", properties = "redeliveryDelay=1")
    void supports(RedisMessage message) throws SQLException {
        ownRequired(message);
    }

    @SendTo("cdi.annotated.done")
    @RedisQueueListener(queue = "cdi.redirected")
    String redirected(String body) {
        return body;
    }

    @SendTo("cdi.answered.done")
    @RedisQueueListener(queue = "cdi.answered", properties = "redeliveryDelay=1")
    String answer(RedisMessage message) {
        if (!message.redelivered() && message.text().startsWith(ROLLS_BACK)) {
            transactions.setRollbackOnly();
        }
        return message.text().equals("nothing") ? null : message.text() + " " + message.deliveryCount();
    }

    @RedisQueueListener(queue = "cdi.error", properties = "redeliveryDelay=1")
    void error(RedisMessage message) throws SQLException {
        Database.insert(message.text());
        done.send(message.text());
        if (!message.redelivered()) {
            throw new AssertionError("the first time");
        }
    }

    @RedisQueueListener(queue = "cdi.hopeless", properties = "maxDeliveries=1")
    void hopeless(String body) {
        throw new IllegalArgumentException("no such article");
    }
}
