// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;
import org.redisson.client.RedisException;

/** How the failure of a call is reported when Redis does not answer it. */
class UnknownOutcomeTest {

    private final TestRedis redis = TestRedis.start("--appendonly", "yes", "--appendfsync", "always");
    private final RedisClient client = RedisClient.acquire(properties());
    private final TestQueue queue = TestQueue.create(redis, TestQueue.operationsOf(client, Duration.ofSeconds(3)));

    private TestProperties properties() {
        TestProperties properties = TestProperties.of(redis);
        properties.setResponseTimeout(1_500);
        return properties;
    }

    @AfterEach
    void stop() {
        client.release();
        redis.close();
    }

    @Test
    void callAnsweredWithAnErrorIsReportedAsNotExecuted() {
        queue.call("SET", queue.key("ready"), "no list");

        assertThat(failure(send("m1")).outcomeUnknown()).isFalse();
    }

    @Test
    void callAnsweredTooLateHasAnUnknownOutcome() {
        queue.send("m0");
        redis.call("CLIENT", "PAUSE", "60000", "WRITE");

        RedisCallException failure = failure(send("m1"));

        assertThat(failure.outcomeUnknown()).isTrue();
        assertThat(failure)
                .hasMessageStartingWith("RQ-107 The outcome of 'send' is unknown: ")
                .hasMessageNotContaining("value of m1");
        redis.call("CLIENT", "UNPAUSE");
        assertThat(failure.<List<AcknowledgmentResult>>unsettled())
                .hasValueSatisfying(
                        call -> assertThat(result(call.settle())).as("too late").isEmpty());
        assertThat(queue.ready()).containsExactly("m0");
    }

    @Test
    void callInProgressWhenRedisDiesHasAnUnknownOutcome() {
        queue.send("m0");
        redis.call("CLIENT", "PAUSE", "60000", "WRITE");
        CompletableFuture<List<SendRequest>> sending = send("m1");
        await().until(() -> ((String) redis.call("INFO", "clients")).contains("blocked_clients:1"));

        redis.kill();

        assertThat(failure(sending).outcomeUnknown()).isTrue();
    }

    @Test
    void unsentCallIsReportedAsNotExecuted() {
        queue.send("m0");
        redis.kill();
        await().untilAsserted(() ->
                assertThat(failure(send("m1"))).hasMessageStartingWith("RQ-107 'send' was not executed: "));
    }

    @Test
    void brokenConnectionLeavesTheOutcomeUnknown() {
        RedisException broken =
                new RedisException("Unexpected exception while processing command", new IOException("reset"));

        assertThat(RedisCallException.of("send", broken).outcomeUnknown()).isTrue();
    }

    private CompletableFuture<List<SendRequest>> send(String id) {
        return queue.operations().send(queue.messages(id));
    }

    private static RedisCallException failure(CompletableFuture<?> call) {
        return catchThrowableOfType(RedisCallException.class, () -> result(call));
    }
}
