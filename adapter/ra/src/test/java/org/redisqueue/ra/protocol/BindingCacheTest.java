// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

/** How long the queues of topics are remembered. */
class BindingCacheTest {

    private long now = Long.MAX_VALUE - 1_000; // the clock overflows during the test, as that of a JVM may
    private final BindingCache cache = new BindingCache(() -> now);
    private final List<CompletableFuture<List<String>>> reads = new ArrayList<>();

    private CompletableFuture<List<String>> queues(String topic) {
        return cache.queues(topic, name -> {
            CompletableFuture<List<String>> read = new CompletableFuture<>();
            reads.add(read);
            return read;
        });
    }

    private void letPass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void queuesAreRememberedForASecond() {
        queues("t");
        letPass(Duration.ofSeconds(1).minusNanos(1));
        queues("t");
        assertThat(reads).hasSize(1);

        letPass(Duration.ofNanos(1));
        queues("t");

        assertThat(reads).hasSize(2);
    }

    @Test
    void timeCountsFromTheBeginningOfTheRead() {
        queues("t");
        letPass(Duration.ofMillis(900));
        reads.get(0).complete(List.of("a"));
        letPass(Duration.ofMillis(100));

        queues("t");

        assertThat(reads).hasSize(2);
    }

    @Test
    void readThatTakesTooLongIsRepeated() {
        CompletableFuture<List<String>> queues = queues("t");
        letPass(Duration.ofSeconds(1));
        reads.get(0).complete(List.of("unbound meanwhile"));
        assertThat(queues).isNotDone();

        reads.get(1).complete(List.of("a"));

        assertThat(queues).isCompletedWithValue(List.of("a"));
    }

    @Test
    void readsThatAlwaysTakeTooLongFailThePublisher() {
        CompletableFuture<List<String>> queues = queues("t");
        for (int i = 0; i < 3; i++) {
            letPass(Duration.ofSeconds(1));
            reads.get(i).complete(List.of("a"));
        }

        assertThat(queues)
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withMessageContaining("RQ-107")
                .withMessageContaining("1000 ms");
    }

    @Test
    void changeDuringAReadIsNotMissed() {
        CompletableFuture<List<String>> before = cache.queues("t", name -> {
            cache.forget("t"); // the binding changes after Redis has answered
            return CompletableFuture.completedFuture(List.of("a"));
        });
        assertThat(before).isCompletedWithValue(List.of("a"));

        queues("t");

        assertThat(reads).hasSize(1);
    }

    @Test
    void concurrentPublishersShareARead() {
        CompletableFuture<List<String>> first = queues("t");
        CompletableFuture<List<String>> second = queues("t");
        reads.get(0).complete(List.of("a"));

        assertThat(first).isCompletedWithValue(List.of("a"));
        assertThat(second).isCompletedWithValue(List.of("a"));
    }

    @Test
    void failureIsNotRemembered() {
        queues("t");
        reads.get(0).completeExceptionally(new IllegalStateException());

        queues("t");

        assertThat(reads).hasSize(2);
    }

    @Test
    void topicsAreRememberedSeparatelyAndCanBeForgotten() {
        queues("t");
        queues("u");
        cache.forget("t");
        queues("t");
        queues("u");

        assertThat(reads).hasSize(3);
    }
}
