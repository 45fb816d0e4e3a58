// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.test.TestRedis.queue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;
import org.redisqueue.RedisQueueConnectionFactory;
import org.redisqueue.test.RedisQueueTest;

@RedisQueueTest
class OrdersRedisTest {

    @Test
    void orderIsReceived(RedisQueueConnectionFactory queues) {
        try (RedisQueueConnection connection = queues.createConnection()) {
            connection.send("orders", new Order("book", 2));
            RedisMessage message =
                    connection.receive("orders", Duration.ofSeconds(5)).orElseThrow();
            assertThat(message.json(Order.class)).isEqualTo(new Order("book", 2));
        }
        assertThat(queue("orders")).becomesEmpty();
    }
}
