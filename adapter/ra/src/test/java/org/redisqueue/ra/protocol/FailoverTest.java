// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.redisqueue.ra.testing.ReplicatedRedis;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

/** What replicas have confirmed survives masters that are killed or freeze, and servers that die at any moment. */
class FailoverTest {

    private static final int KILLS = Integer.getInteger("failover.kills", 2);
    private static final int FREEZES = Integer.getInteger("failover.freezes", 1);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Enough that each master of a cluster has one. */
    static final int LOADS = 6;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    /**
     * A master that returns cannot confirm anything without the replica that has taken its place. Sentinel demotes it after
     * about ten seconds, and no transaction succeeds before that.
     */
    @ParameterizedTest
    @CsvSource({"sentinel,2,30", "cluster,1,15"})
    void whatAllReplicasHaveConfirmedIsNeitherLostNorRepeated(String mode, int replicas, int seconds) {
        failOver(mode, replicas, FREEZES, true, Duration.ofSeconds(seconds));
    }

    /** The master must not return before its other replica follows the new one: both could confirm what is lost later. */
    @Test
    void whatOneReplicaHasConfirmedSurvivesTheDeathOfTheMaster() {
        failOver("sentinel", 1, 0, false, Duration.ofSeconds(15));
    }

    /** @param resumption maximum time from the death of a master to the next delivery from each queue */
    private void failOver(String mode, int replicas, int freezing, boolean returnsEarly, Duration resumption) {
        try (ReplicatedRedis redis =
                        mode.equals("cluster") ? ReplicatedRedis.cluster() : ReplicatedRedis.withSentinels();
                FailoverLoad load =
                        new FailoverLoad(properties(redis, replicas), mode.equals("cluster") ? LOADS : 2, seed)) {
            List<Boolean> freezes = new ArrayList<>();
            IntStream.range(0, KILLS).forEach(i -> freezes.add(false));
            IntStream.range(0, freezing).forEach(i -> freezes.add(random.nextInt(freezes.size() + 1), true));
            long slowest = 0;
            for (boolean freeze : freezes) {
                load.awaitDeliveries(PATIENCE);
                if (random.nextBoolean()) {
                    load.killServer();
                }
                long millis = failOver(redis, load, freeze, returnsEarly);
                slowest = Math.max(slowest, freeze ? 0 : millis);
            }
            load.awaitDeliveries(PATIENCE);
            load.end(PATIENCE);
            System.out.printf(
                    "%s, waitReplicas=%d, seed %d: %d kills and %d freezes of masters, %d deaths of servers, %d messages sent, deliveries"
                            + " resumed after %d ms at most%n",
                    mode,
                    replicas,
                    seed,
                    KILLS,
                    freezing,
                    load.deaths(),
                    load.confirmed().size(),
                    slowest);
            assertThat(load.results()).as("seed %d", seed).doesNotHaveDuplicates();
            assertThat(load.results()).as("seed %d", seed).containsAll(load.confirmed());
            assertThat(slowest).as("milliseconds, seed %d", seed).isLessThan(resumption.toMillis());
        }
    }

    static TestProperties properties(ReplicatedRedis redis, int replicas) {
        TestProperties properties = redis.properties();
        properties.setWaitReplicas(replicas);
        properties.setWaitReplicasTimeout(500);
        properties.setResponseTimeout(1_000);
        return properties;
    }

    /** Lets a master fail; returns after how many milliseconds all loads are delivered again. */
    private long failOver(ReplicatedRedis redis, FailoverLoad load, boolean freeze, boolean returnsEarly) {
        redis.awaitReplicas();
        List<TestRedis> masters = redis.masters();
        TestRedis master = masters.get(random.nextInt(masters.size()));
        long start = System.nanoTime();
        if (freeze) {
            master.freeze();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500 + random.nextInt(4_000)));
            master.thaw();
        } else {
            master.kill();
            if (returnsEarly) {
                await("a master in its place")
                        .atMost(PATIENCE)
                        .until(() -> redis.masters().size() == masters.size());
                master.restart();
            }
        }
        load.awaitDeliveries(PATIENCE);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
        if (!master.isRunning()) {
            master.restart();
        }
        return millis;
    }
}
