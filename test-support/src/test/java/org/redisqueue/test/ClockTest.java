// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.OutgoingMessage;
import org.redisqueue.RedisMessage;
import org.redisqueue.RedisQueueConnection;

/** The clock of queues in memory. */
class ClockTest {

    private final InMemoryQueues queues = new InMemoryQueues();
    private final RedisQueueConnection connection = queues.createConnection();

    @AfterEach
    void close() {
        connection.close();
    }

    private Optional<RedisMessage> receive(Duration timeout) {
        return connection.receive("orders", timeout);
    }

    private void fail() throws Exception {
        connection.getLocalTransaction().begin();
        assertThat(receive(Duration.ZERO)).isPresent();
        connection.getLocalTransaction().rollback();
    }

    @Test
    void redeliveryDelayIsExact() throws Exception {
        queues.sender("orders").send("x");
        for (Duration delay = Duration.ofSeconds(1); delay.toSeconds() <= 8; delay = delay.multipliedBy(2)) {
            fail();
            queues.letTimePass(delay.minusMillis(1));
            assertThat(receive(Duration.ZERO)).as("before %s", delay).isEmpty();
            queues.letTimePass(Duration.ofMillis(1));
        }
        assertThat(receive(Duration.ZERO)).isPresent();
    }

    @Test
    void clockRunsWhileAMessageIsAwaited() throws Exception {
        queues.sender("orders").send("x");
        fail();
        queues.letTimePass(Duration.ofMillis(950));
        assertThat(receive(Duration.ofSeconds(10))).isPresent();
    }

    @Test
    void clockStandsStillOtherwise() {
        queues.sender("orders").send(OutgoingMessage.of("x").timeToLive(Duration.ofMillis(1)));
        long end = System.nanoTime() + 5_000_000;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(receive(Duration.ZERO)).isPresent();
    }
}
