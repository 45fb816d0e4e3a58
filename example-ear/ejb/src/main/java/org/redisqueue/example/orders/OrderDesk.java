// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.util.List;
import java.util.Optional;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueSender;

/** Places orders and knows how far they have come. */
@Stateless
public class OrderDesk {

    @Inject
    @RedisQueue("orders")
    private RedisQueueSender orders;

    @PersistenceContext
    private EntityManager database;

    /**
     * Writes the order to the database and to the queue {@code orders}: both or none, as this method is a transaction.
     *
     * @return the order's id, which is its message's
     */
    public String place(NewOrder order) {
        var id = orders.send(order);
        database.persist(new Order(id, order));
        return id;
    }

    public Optional<Order> find(String id) {
        return Optional.ofNullable(database.find(Order.class, id));
    }

    /** The orders placed last, the newest first. */
    public List<Order> latest(int limit) {
        return database.createQuery("select o from Order o order by o.placedAt desc, o.id desc", Order.class)
                .setMaxResults(limit)
                .getResultList();
    }

    /** Marks an order as fulfilled, in the transaction that handles its message. */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void fulfilled(String id, FulfilledOrder order) {
        record(id, order, Order.Status.FULFILLED);
    }

    /**
     * Writes the receipt for an order, in the transaction that handles the message about it. The database would refuse
     * a second one.
     */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void receipted(String id, FulfilledOrder order) {
        database.persist(new Receipt(id, order.item(), order.quantity()));
        record(id, order, Order.Status.RECEIPTED);
    }

    /**
     * Updates the order, or inserts it if some other program sent its message.
     *
     * <p>A transaction that writes to the database and sends a message commits the two one after the other, in no
     * order to rely on: the message can be delivered a moment before the row that belongs to it can be seen.
     * To look for the row first and insert it if there is none would then fail. This MERGE of H2 waits for whoever
     * holds the row or is about to insert it, for as long as the data source's LOCK_TIMEOUT.
     */
    private void record(String id, FulfilledOrder order, Order.Status status) {
        database.createNativeQuery("merge into orders (id, item, quantity, status, deliveries) key (id)"
                        + " values (?1, ?2, ?3, ?4, ?5)")
                .setParameter(1, id)
                .setParameter(2, order.item())
                .setParameter(3, order.quantity())
                .setParameter(4, status.name())
                .setParameter(5, order.deliveries())
                .executeUpdate();
    }
}
