// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.json.bind.annotation.JsonbTransient;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;

/** An order and its status. */
@Entity
@Table(name = "orders")
public class Order {

    /** The progress of an order. */
    public enum Status {
        PLACED,
        FULFILLED,
        RECEIPTED
    }

    private static final DateTimeFormatter MILLISECONDS =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

    @Id
    private String id;

    private String item;
    private int quantity;

    @Enumerated(EnumType.STRING)
    private Status status;

    private int deliveries;

    private String customer;

    @Column(name = "placed_at")
    private OffsetDateTime placedAt;

    @Column(name = "fulfilled_at")
    private OffsetDateTime fulfilledAt;

    protected Order() {}

    Order(String id, NewOrder order) {
        this.id = id;
        this.item = order.item();
        this.quantity = order.quantity().intValueExact();
        this.customer = order.customer();
        this.status = Status.PLACED;
        this.placedAt = OffsetDateTime.now(ZoneId.systemDefault());
    }

    /** The id of the message in the queue {@code orders}. */
    public String getId() {
        return id;
    }

    public String getItem() {
        return item;
    }

    public int getQuantity() {
        return quantity;
    }

    public Status getStatus() {
        return status;
    }

    /** The number of deliveries after which the order was fulfilled; 0 before that. */
    public int getDeliveries() {
        return deliveries;
    }

    /** The customer; null if the order does not name one. */
    public String getCustomer() {
        return customer;
    }

    @JsonbTransient
    public OffsetDateTime getPlacedAt() {
        return placedAt;
    }

    /** When the order was fulfilled, in ISO 8601 with milliseconds; null before that. */
    public String getFulfilledAt() {
        return fulfilledAt == null ? null : MILLISECONDS.format(fulfilledAt.toInstant());
    }
}
