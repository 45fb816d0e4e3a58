// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.FaultyWire;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisson.client.RedisNodeNotFoundException;
import org.redisson.connection.NodeSource;
import org.redisson.misc.RedisURI;

/** An error reply from Redis or Valkey means that the call was not executed, and ends the wait for it. */
class ErrorRepliesTest {

    private static TestRedis redis;
    private static FaultyWire wire;
    private static RedisClient client;

    private final TestQueue queue = TestQueue.create(redis, TestQueue.operationsOf(client));

    @BeforeAll
    static void start() {
        redis = TestRedis.start();
        wire = new FaultyWire(redis);
        TestProperties properties = TestProperties.of(redis);
        properties.setAddresses(wire.address());
        client = RedisClient.acquire(properties);
    }

    @AfterEach
    void restoreReplies() {
        wire.disarm();
    }

    @AfterAll
    static void stop() {
        client.release();
        wire.close();
        redis.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BUSY Redis is busy running a script.",
                "BUSYKEY Target key name already exists.",
                "CLUSTERDOWN The cluster is down",
                "CROSSSLOT Keys in request don't hash to the same slot",
                "DENIED Redis is running in protected mode",
                "ERR something else",
                "ERR max number of clients reached",
                "EXECABORT Transaction discarded because of previous errors.",
                "INPROG Failover already in progress",
                "IOERR error or timeout",
                "LOADING Redis is loading the dataset in memory",
                "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
                "MISCONF Redis is configured to save RDB snapshots",
                "NOAUTH Authentication required.",
                "NOGOODSLAVE No suitable replica to promote",
                "NOMASTERLINK Can't SYNC while not connected with my master",
                "NOPERM this user has no permissions to run the 'evalsha' command",
                "NOPROTO unsupported protocol version",
                "NOREPLICAS Not enough good replicas to write.",
                "NOTBUSY No scripts in execution right now.",
                "NOTREADY Not ready",
                "OOM command not allowed when used memory > 'maxmemory'.",
                "READONLY You can't write against a read only replica.",
                "UNKILLABLE Sorry the script already executed write commands",
                "WRONGPASS invalid username-password pair",
                "WRONGTYPE Operation against a key holding the wrong kind of value",
            })
    void callIsReportedAsNotExecuted(String error) {
        Lease lease = queue.held("m1");
        long start = System.nanoTime();
        wire.answer("rq:lane:", "-" + error + "\r\n");

        RedisCallException failure = catchThrowableOfType(RedisCallException.class, () -> queue.acknowledge(lease));

        assertThat(failure.outcomeUnknown()).isFalse();
        assertThat(failure).hasMessageStartingWith("RQ-107 'acknowledge' was not executed: ");
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("does not keep the listener's thread")
                .isLessThan(Duration.ofSeconds(10));
        wire.disarm();
        assertThat(queue.acknowledge(lease).done()).isTrue();
    }

    @Test
    void callWaitsUntilTheSlotOfItsKeysHasMigrated() {
        Lease lease = queue.held("m1");
        wire.answer("rq:lane:", "-TRYAGAIN Multiple keys request during rehashing of slot\r\n");

        CompletableFuture<AcknowledgmentResult> acknowledgment =
                queue.operations().acknowledge(List.of(lease), List.of());

        assertThat(acknowledgment)
                .as("after more attempts than other errors permit")
                .failsWithin(3, TimeUnit.SECONDS)
                .withThrowableOfType(TimeoutException.class);
        wire.answer("rq:lane:", "-CLUSTERDOWN The cluster is down\r\n");
        assertThat(acknowledgment)
                .as("another error at the end of the migration")
                .failsWithin(1_500, TimeUnit.MILLISECONDS)
                .withThrowableOfType(TimeoutException.class);
        wire.disarm();
        assertThat(result(acknowledgment).done()).isTrue();
    }

    @Test
    void callWaitsUntilTheClientKnowsTheNodeToWhichASlotHasMigrated() {
        RedisURI node = new RedisURI("redis://127.0.0.1:7001");

        assertThat(RedisCallException.of("send", unknown(new NodeSource(1, node, NodeSource.Redirect.MOVED)))
                        .isMigrating())
                .isTrue();
        assertThat(RedisCallException.of("send", unknown(new NodeSource(1))).isMigrating())
                .isFalse();
    }

    private static RedisNodeNotFoundException unknown(NodeSource source) {
        return new RedisNodeNotFoundException("Node: " + source + " hasn't been discovered yet");
    }

    @Test
    void largeMessagesTakeLongerThanTheResponseTimeoutAndAreSentOnce() {
        byte[] large = new byte[3_000_000];
        queue.send("known");
        wire.limitRequests(600_000); // 5 s, where the time-out of a response is 3 s
        try {
            assertThat(result(queue.operations().send(List.of(new SendRequest(queue.name, "m1", large, 0)))))
                    .isEmpty();
        } finally {
            wire.limitRequests(0);
        }
        assertThat(queue.ready()).containsExactly("known", "m1");
    }
}
