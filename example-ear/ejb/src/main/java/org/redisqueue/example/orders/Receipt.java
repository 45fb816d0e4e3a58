// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import java.time.ZoneId;

/** The receipt for an order. */
@Entity
@Table(name = "receipts")
@SuppressWarnings("UnusedVariable") // the fields are columns
public class Receipt {

    @Id
    @Column(name = "order_id")
    private String orderId;

    private String item;
    private int quantity;

    @Column(name = "issued_at")
    private OffsetDateTime issuedAt;

    protected Receipt() {}

    Receipt(String orderId, String item, int quantity) {
        this.orderId = orderId;
        this.item = item;
        this.quantity = quantity;
        this.issuedAt = OffsetDateTime.now(ZoneId.systemDefault());
    }
}
