// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.ejb.Stateless;
import jakarta.ejb.TransactionAttribute;
import jakarta.ejb.TransactionAttributeType;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptors;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.redisqueue.OnDuplicate;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisQueue;
import org.redisqueue.RedisQueueSender;

/** Places orders and keeps track of them. */
@Stateless
@Interceptors(RequiresDatabase.class)
public class OrderDesk {

    private static final int EXPRESS = 5;
    private static final Duration REPETITION = Duration.ofMinutes(5);

    @Inject
    @RedisQueue("orders")
    private RedisQueueSender orders;

    @PersistenceContext
    private EntityManager database;

    /**
     * Inserts the order into the database and sends it to its queue, in one transaction: either both happen or neither does.
     *
     * <p>Of several requests with the same key within five minutes, only one places an order. Of transactions that do not see
     * each other, all but one roll back. Run again, they find the order.
     *
     * @param idempotencyKey the same for each repetition of a request; empty = the request is not repeated
     * @return the id of the order, which is also that of its message; for a repeated request, that of the first one
     */
    public String place(NewOrder order, Optional<String> idempotencyKey) {
        var id = UUID.randomUUID().toString();
        var message = OutgoingMessage.of(order).id(id);
        if (order.customer() != null) {
            message.group(order.customer());
        }
        if (Boolean.TRUE.equals(order.express())) {
            message.priority(EXPRESS);
        }
        if (order.deliverAfterSeconds() != null) {
            message.delay(Duration.ofSeconds(order.deliverAfterSeconds().longValueExact()));
        }
        idempotencyKey.ifPresent(
                key -> message.deduplicationKey(key, REPETITION).onDuplicate(OnDuplicate.ROLLBACK));
        var placed = orders.send(message);
        if (placed.equals(id)) {
            database.persist(new Order(id, order));
        }
        return placed;
    }

    public Optional<Order> find(String id) {
        return Optional.ofNullable(database.find(Order.class, id));
    }

    /** The latest orders, newest first. */
    public List<Order> latest(int limit) {
        return database.createQuery("select o from Order o order by o.placedAt desc, o.id desc", Order.class)
                .setMaxResults(limit)
                .getResultList();
    }

    /** Marks an order as fulfilled, in the transaction that handles its message. */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void fulfilled(String id, FulfilledOrder order) {
        record(id, order, Order.Status.FULFILLED);
        database.createNativeQuery("update orders set fulfilled_at = current_timestamp where id = ?1")
                .setParameter(1, id)
                .executeUpdate();
    }

    /**
     * Inserts the receipt for an order, in the transaction that handles its message. The primary key would reject a second
     * receipt.
     */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void receipted(String id, FulfilledOrder order) {
        database.persist(new Receipt(id, order.item(), order.quantity()));
        record(id, order, Order.Status.RECEIPTED);
    }

    /** Inserts one row for several fulfilled orders, in the transaction that handles their messages. */
    @TransactionAttribute(TransactionAttributeType.MANDATORY)
    public void counted(List<FulfilledOrder> orders) {
        database.createNativeQuery("insert into statistics (orders, items) values (?1, ?2)")
                .setParameter(1, orders.size())
                .setParameter(
                        2, orders.stream().mapToInt(FulfilledOrder::quantity).sum())
                .executeUpdate();
    }

    /** The sums of what was {@linkplain #counted counted}. */
    public Sales sales() {
        var sums = (Object[]) database.createNativeQuery(
                        "select count(*), coalesce(sum(orders), 0), coalesce(sum(items), 0) from statistics")
                .getSingleResult();
        return new Sales(number(sums[0]), number(sums[1]), number(sums[2]));
    }

    private static long number(Object value) {
        return ((Number) value).longValue();
    }

    /**
     * Updates the order, or inserts it if another program has sent its message.
     *
     * <p>A transaction that writes to the database and sends a message commits both in an undefined order, so the message can
     * be delivered just before its row is visible. A query followed by an insert would then fail. H2's MERGE waits for a
     * concurrent transaction that has locked or inserted the row, up to the LOCK_TIMEOUT of the data source.
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
