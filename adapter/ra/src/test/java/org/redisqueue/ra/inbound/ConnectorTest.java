// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.ra.testing.ManualTimer;
import org.redisqueue.ra.testing.RecordingObserver;

class ConnectorTest {

    private static final CompletableFuture<?> REACHED = CompletableFuture.completedFuture(null);

    private final ManualTimer timer = new ManualTimer();
    private final FakeQueue queue = new FakeQueue();
    private final RecordingObserver events = new RecordingObserver();
    private final AtomicInteger connected = new AtomicInteger();
    private final Connector connector = new Connector(
            new ConsumerContext(
                    "queue",
                    null,
                    queue,
                    () -> true,
                    null,
                    timer,
                    Runnable::run,
                    events.observer(),
                    new UnexpectedFailures("queue")),
            connected::incrementAndGet);

    @AfterEach
    void end() {
        timer.shutdownNow();
    }

    private List<String> eventNames() {
        return events.events().stream().map(RecordingObserver.Event::name).toList();
    }

    private void failToConnect(String reason) {
        queue.connected = CompletableFuture.failedFuture(new IllegalStateException(reason));
        connector.connect();
    }

    @Test
    void isConnectedOnceRedisHasAnswered() {
        CompletableFuture<Object> reply = new CompletableFuture<>();
        queue.connected = reply;
        connector.connect();
        assertThat(connector.isConnected()).isFalse();

        reply.complete(null);

        assertThat(connector.isConnected()).isTrue();
        assertThat(connected).hasValue(1);
    }

    @Test
    void retriesWithIncreasingDelays() {
        List<Long> delays = new ArrayList<>();
        failToConnect("refused");
        for (int i = 0; i < 8; i++) {
            delays.addAll(timer.delays());
            timer.fire();
        }
        assertThat(delays).hasSize(8);
        assertThat(delays.get(0)).isBetween(50L, 100L);
        assertThat(delays.get(7)).isBetween(2_500L, 5_000L);
    }

    @Test
    void schedulesOneRetryForSeveralFailures() {
        connector.connect();
        connector.failed(new IllegalStateException("refused"));
        connector.failed(new IllegalStateException("refused"));
        assertThat(connector.isConnected()).isFalse();
        assertThat(timer.delays()).hasSize(1);

        timer.fire();

        assertThat(connector.isConnected()).isTrue();
        assertThat(connected).hasValue(2);
    }

    @Test
    void delaysStartOverAfterAReply() {
        failToConnect("refused");
        timer.fire();
        timer.fire();
        queue.connected = REACHED;
        timer.fire();
        connector.answered();

        connector.failed(new IllegalStateException("refused"));

        assertThat(timer.delays())
                .singleElement()
                .satisfies(delay -> assertThat(delay).isBetween(50L, 100L));
    }

    @Test
    void reportsTheStartAndTheEndOfAnOutageOnce() {
        answered();
        failToConnect("refused");
        timer.fire();
        queue.connected = REACHED;
        timer.fire();
        answered();
        answered();
        assertThat(eventNames()).containsExactly("connectionLost", "connectionRestored");
    }

    private void answered() {
        if (connector.answered()) {
            connector.reportRestored();
        }
    }

    @Test
    void doesNotRetryAfterStop() {
        failToConnect("refused");
        connector.stop();
        timer.fire();
        connector.connect();
        connector.failed(new IllegalStateException("refused"));
        assertThat(queue.connects).isEqualTo(1);
        assertThat(timer.delays()).isEmpty();
    }

    @Test
    void replyAfterStopDoesNotConnect() {
        CompletableFuture<Object> reply = new CompletableFuture<>();
        queue.connected = reply;
        connector.connect();
        connector.stop();
        reply.complete(null);
        assertThat(connector.isConnected()).isFalse();
        assertThat(connected).hasValue(0);
    }
}
