// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.ra.testing.ReplicatedRedis;
import org.redisqueue.ra.testing.TestRedis;

/**
 * Measures what the deaths of masters lose without confirmations of replicas. The result depends on the machine, and is
 * only reported.
 */
class FailoverLossTest {

    private static final int KILLS = Integer.getInteger("failover.kills", 2);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Random random = new Random();

    /** @param lag by how many milliseconds the replicas are behind */
    @ParameterizedTest
    @CsvSource({"sentinel,0", "sentinel,100", "cluster,0", "cluster,100"})
    void whatNoReplicaHasConfirmedMayBeLost(String mode, int lag) {
        assumeTrue(Boolean.getBoolean("failover.unconfirmed"), "measured on request");
        boolean cluster = mode.equals("cluster");
        try (ReplicatedRedis redis = cluster ? ReplicatedRedis.cluster() : ReplicatedRedis.withSentinels();
                FailoverLoad load = new FailoverLoad(
                        FailoverTest.properties(redis, 0), cluster ? FailoverTest.LOADS : 2, random.nextLong())) {
            for (int i = 0; i < KILLS; i++) {
                load.awaitDeliveries(PATIENCE);
                redis.awaitReplicas();
                TestRedis killed = kill(redis, lag);
                load.awaitDeliveries(PATIENCE);
                killed.restart();
            }
            load.end(PATIENCE);
            List<String> results = load.results();
            Set<String> different = Set.copyOf(results);
            Set<String> lost = new HashSet<>(load.confirmed());
            lost.removeAll(different);
            System.out.printf(
                    "%s, waitReplicas=0, replicas %d ms behind: %d deaths of masters, %d messages sent, %d lost, %d repeated%n",
                    mode, lag, KILLS, load.confirmed().size(), lost.size(), results.size() - different.size());
            assertThat(different).hasSizeGreaterThan(lost.size());
        }
    }

    private TestRedis kill(ReplicatedRedis redis, int lag) {
        List<TestRedis> masters = redis.masters();
        TestRedis master = masters.get(random.nextInt(masters.size()));
        List<TestRedis> replicas = redis.replicas();
        replicas.forEach(TestRedis::freeze);
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(lag));
        master.kill();
        replicas.forEach(TestRedis::thaw);
        return master;
    }
}
