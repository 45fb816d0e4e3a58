// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** How the loss of the connection to Redis is reported. */
class LostConnectionTest {

    @Test
    void addressIsNamed() {
        try (TestRedis redis = TestRedis.start()) {
            TestProperties properties = TestProperties.of(redis);
            properties.setResponseTimeout(1_500);
            RedisClient client = RedisClient.acquire(properties);
            TestQueue queue = TestQueue.create(redis, TestQueue.operationsOf(client));
            String address = "127.0.0.1:" + redis.port();
            queue.send("m1");

            redis.freeze();
            assertThat(failureOf(queue))
                    .hasMessageContaining("response timeout")
                    .hasMessageEndingWith("(" + address + ")");
            redis.thaw();
            redis.kill();

            await().untilAsserted(() -> assertThat(failureOf(queue))
                    .hasMessage("RQ-107 'inspect' was not executed: Connection refused (" + address + ")"));
            client.release();
        }
    }

    private static RedisCallException failureOf(TestQueue queue) {
        return catchThrowableOfType(
                RedisCallException.class,
                () -> TestQueue.result(queue.operations().inspect(queue.name, 0)));
    }
}
