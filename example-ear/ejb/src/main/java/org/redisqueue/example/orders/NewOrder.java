// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;

/**
 * A customer's request: the body of {@code POST /orders}, and of a message in the queue {@code orders}.
 *
 * @param item the ordered item
 * @param quantity the number of items; not an {@code int}, because JSON Binding would read 2.5 as 2
 * @param customer optional; the orders of a customer are fulfilled in the order in which they were placed
 * @param express optional; whether the order is fulfilled before others that wait
 * @param deliverAfterSeconds optional; when the order is to be fulfilled, counted from when it is placed
 */
public record NewOrder(
        @NotBlank(message = "item is missing") @Size(max = 100, message = "item must have at most 100 characters")
        String item,

        @NotNull(message = NewOrder.QUANTITY)
        @Min(value = 1, message = NewOrder.QUANTITY)
        @Max(value = 1000, message = NewOrder.QUANTITY)
        @Digits(integer = 4, fraction = 0, message = NewOrder.QUANTITY)
        BigDecimal quantity,

        @Pattern(regexp = "[!-~]{1,100}", message = NewOrder.CUSTOMER)
        String customer,

        Boolean express,

        @Min(value = 0, message = NewOrder.DELAY)
        @Max(value = 2_592_000, message = NewOrder.DELAY)
        @Digits(integer = 7, fraction = 0, message = NewOrder.DELAY)
        BigDecimal deliverAfterSeconds) {

    private static final String CUSTOMER = "customer must be 1 to 100 printable ASCII characters without spaces";
    private static final String DELAY = "deliverAfterSeconds must be a whole number from 0 to 2592000";
    private static final String QUANTITY = "quantity must be a whole number from 1 to 1000";
}
