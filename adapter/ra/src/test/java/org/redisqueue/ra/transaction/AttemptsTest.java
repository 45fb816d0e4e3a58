// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.testing.TestProperties;
import org.redisqueue.ra.testing.TestRedis;

class AttemptsTest {

    private final TestRedis redis = TestRedis.start();
    private RedisClient client;
    private QueueOperations operations;
    private final AtomicInteger calls = new AtomicInteger();

    @BeforeEach
    void connect() {
        TestProperties properties = TestProperties.of(redis);
        properties.setResponseTimeout(100);
        client = RedisClient.acquire(properties);
        operations = new QueueOperations(client);
        operations.connect();
    }

    @AfterEach
    void stop() {
        client.release();
        redis.close();
    }

    @Test
    void a_call_that_was_not_done_is_made_four_times() {
        redis.call("SET", "rq:queues", "no set");
        assertThat(failure(new Attempts(Duration.ofSeconds(60))).outcomeUnknown())
                .isFalse();
        assertThat(calls).hasValue(4);
    }

    @Test
    void a_call_of_unknown_outcome_is_made_as_long_as_there_is_patience() {
        redis.call("CLIENT", "PAUSE", "60000", "ALL");
        assertThat(failure(new Attempts(Duration.ofSeconds(4))).outcomeUnknown())
                .isTrue();
        assertThat(calls).hasValueBetween(5, 8);
    }

    @Test
    void an_interrupted_thread_pauses_as_well_and_stays_interrupted() {
        redis.call("CLIENT", "PAUSE", "60000", "ALL");
        Thread.currentThread().interrupt();
        failure(new Attempts(Duration.ofSeconds(4)));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(calls).hasValueBetween(5, 8);
    }

    private RedisCallException failure(Attempts attempts) {
        return catchThrowableOfType(RedisCallException.class, () -> attempts.until(this::call));
    }

    private CompletableFuture<Void> call() {
        calls.incrementAndGet();
        return operations.register("attempts");
    }
}
