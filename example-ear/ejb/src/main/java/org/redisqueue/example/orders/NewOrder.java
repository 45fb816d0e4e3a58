// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.example.orders;

import jakarta.validation.constraints.Digits;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.math.BigDecimal;

/**
 * A customer's request: the body of {@code POST /orders}, and of a message in the queue {@code orders}.
 *
 * @param item the ordered item
 * @param quantity the number of items; not an {@code int}, because JSON Binding would read 2.5 as 2
 */
public record NewOrder(
        @NotBlank(message = "item is missing") @Size(max = 100, message = "item must have at most 100 characters")
        String item,

        @NotNull(message = NewOrder.QUANTITY)
        @Min(value = 1, message = NewOrder.QUANTITY)
        @Max(value = 1000, message = NewOrder.QUANTITY)
        @Digits(integer = 4, fraction = 0, message = NewOrder.QUANTITY)
        BigDecimal quantity) {

    private static final String QUANTITY = "quantity must be a whole number from 1 to 1000";
}
