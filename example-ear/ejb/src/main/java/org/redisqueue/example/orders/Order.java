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

    @Id
    private String id;

    private String item;
    private int quantity;

    @Enumerated(EnumType.STRING)
    private Status status;

    private int deliveries;

    @Column(name = "placed_at")
    private OffsetDateTime placedAt;

    protected Order() {}

    Order(String id, NewOrder order) {
        this.id = id;
        this.item = order.item();
        this.quantity = order.quantity().intValueExact();
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

    @JsonbTransient
    public OffsetDateTime getPlacedAt() {
        return placedAt;
    }
}
