// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.testing.CapturedLog;
import org.redisqueue.ra.testing.ReplicatedRedis;
import org.redisqueue.ra.testing.TestRedis;
import org.redisqueue.ra.transaction.ResourceManager;

/** A failover is reported, and the settings of the new master are checked. */
class MasterWatchTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void newMasterThatMayEvictMessagesIsReported() {
        try (CapturedLog log = new CapturedLog();
                ReplicatedRedis redis = ReplicatedRedis.withSentinels()) {
            ResourceManager manager = ResourceManager.acquire(redis.properties());
            try {
                manager.operations().connect();
                assertThat(log.lines()).anyMatch(line -> line.startsWith("RQ-210"));
                TestRedis master = redis.masters().get(0);
                await("the watch to know the master")
                        .during(Duration.ofSeconds(2))
                        .atMost(Duration.ofSeconds(5))
                        .until(() -> log.lines().stream().noneMatch(line -> line.startsWith("RQ-211")));
                redis.replicas().forEach(replica -> replica.call("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"));

                master.kill();

                await().atMost(PATIENCE)
                        .until(() -> log.lines().stream()
                                .anyMatch(line -> line.startsWith("RQ-212 After a failover: RQ-104")));
                String address = redis.masters().get(0).address().replace("redis://", "");
                assertThat(log.lines())
                        .anyMatch(line -> line.startsWith("RQ-211") && line.endsWith("are now " + address + "."));
            } finally {
                manager.release();
            }
        }
    }
}
