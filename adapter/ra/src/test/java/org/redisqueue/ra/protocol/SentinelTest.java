// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.lease;

import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

class SentinelTest {

    @Test
    void masterIsFoundThroughASentinel() {
        int port = TestRedis.freePort();
        try (TestRedis master = TestRedis.start("--requirepass", "of-redis")) {
            master.call("AUTH", "of-redis");
            try (TestRedis sentinel = TestRedis.startSentinel(port, """
                    port %d
                    bind 127.0.0.1
                    requirepass of-sentinel
                    sentinel monitor orders-master 127.0.0.1 %d 1
                    sentinel auth-pass orders-master of-redis
                    """.formatted(port, master.port()))) {
                TestProperties properties = TestProperties.of(sentinel);
                properties.setMode("sentinel");
                properties.setMasterName("orders-master");
                properties.setPassword("of-redis");
                properties.setSentinelPassword("of-sentinel");
                RedisClient client = RedisClient.acquire(properties);
                TestQueue queue = TestQueue.create(master, TestQueue.operationsOf(client));

                queue.send("m1");
                Lease lease = lease(queue.claim(1));

                assertThat(queue.processing()).containsOnlyKeys(lease.member());
                assertThat(queue.acknowledge(lease).done()).isTrue();
                assertThat(client.isCluster()).isFalse();
                client.release();
            }
        }
    }
}
