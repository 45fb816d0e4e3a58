// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Finding.Kind;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.ra.protocol.ClaimRequest;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendRequest;

/** A busy queue is never reported as damaged, whatever its consumers, senders, transactions and operators do. */
class BusyQueueCheckTest {

    private static final String QUEUE = "orders";

    private final TestAdmin test = new TestAdmin();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> running = new ArrayList<>();
    private final AtomicLong ended = new AtomicLong();
    private volatile boolean stopped;

    @AfterEach
    void close() throws InterruptedException {
        stopped = true;
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        test.close();
    }

    private void repeatedly(Runnable step) {
        running.add(threads.submit(() -> {
            while (!stopped) {
                step.run();
            }
        }));
    }

    private void send(int number) {
        List<SendRequest> messages = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            messages.add(message());
        }
        test.operations.send(messages).join();
    }

    private static SendRequest message() {
        int timeToLive = ThreadLocalRandom.current().nextInt(4) == 0 ? 20_000 : 0;
        return new SendRequest(QUEUE, QueueOperations.newId(), new byte[10], timeToLive);
    }

    private List<Lease> claim(int limit, long lease) {
        return test.operations.claim(new ClaimRequest(QUEUE, limit, lease, 1_000, 100_000)).join().messages().stream()
                .map(ClaimedMessage::lease)
                .toList();
    }

    private void consume() {
        for (Lease lease : claim(20, 5_000)) {
            switch (ThreadLocalRandom.current().nextInt(8)) {
                case 0 -> test.operations.redeliver(lease, 20, 3, "it failed").join();
                case 1 -> test.operations.deadLetter(lease, "it failed").join();
                case 2 -> test.operations.release(QUEUE, List.of(lease)).join();
                case 3 -> inTwoPhases(lease);
                default ->
                    test.operations
                            .acknowledge(List.of(lease), List.of(message()))
                            .join();
            }
            ended.incrementAndGet();
        }
    }

    private void inTwoPhases(Lease lease) {
        String branch = "br-" + UUID.randomUUID();
        test.operations
                .prepare(branch, QUEUE, List.of(lease), List.of(message()))
                .join();
        if (ThreadLocalRandom.current().nextBoolean()) {
            test.operations.commit(branch, QUEUE, false).join();
        } else {
            test.operations
                    .rollback(branch, QUEUE, false, ThreadLocalRandom.current().nextInt(2) * 50)
                    .join();
        }
    }

    private void keepBusy() {
        send(3_000);
        for (int i = 0; i < 3; i++) {
            repeatedly(this::consume);
        }
        repeatedly(() -> {
            // A check does not look for messages in several places if the queue is large.
            if ((Long) test.call("LLEN", test.key(QUEUE, "ready")) < 6_000) {
                send(10);
            }
            if ((Long) test.call("ZCARD", test.key(QUEUE, "processing")) < 600) {
                claim(3, 30); // abandoned
            }
        });
        repeatedly(() -> {
            var job = test.admin.requeueDeadLetters(QUEUE, MessageSelection.all());
            await().pollInterval(Duration.ofMillis(5))
                    .until(() -> test.admin.job(job.id()).orElseThrow().state() != Job.State.RUNNING);
        });
        await().until(() -> ended.get() > 100);
    }

    @Test
    void busyQueueIsNeverReportedAsDamaged() throws Exception {
        keepBusy();

        for (int i = 0; i < 8; i++) {
            long before = ended.get();
            CheckReport report = test.admin.check(
                    QUEUE, Duration.ofMillis(ThreadLocalRandom.current().nextInt(20)));
            assertThat(report.findings()).isEmpty();
            assertThat(report.skipped()).isEmpty();
            assertThat(report.messages()).isPositive();
            assertThat(ended.get()).isGreaterThan(before);
        }

        stopped = true;
        for (Future<?> each : running) {
            each.get(30, TimeUnit.SECONDS);
        }
        assertThat(test.admin.check(QUEUE, Duration.ZERO).findings()).isEmpty();
    }

    @Test
    void damageIsFoundAndRepairedInBusyQueue() throws Exception {
        keepBusy();
        test.call("SET", test.key(QUEUE, "message:orphan"), "x");
        test.call("HSET", test.key(QUEUE, "failures"), "gone", "1");
        test.call("ZADD", test.key(QUEUE, "processing"), "inf", "stranded token");
        test.call("SET", test.key(QUEUE, "message:stranded"), "x");

        CheckReport report = test.admin.check(QUEUE, Duration.ofMillis(20));

        Map<String, Kind> kinds =
                Map.of("orphan", Kind.ORPHANED_MESSAGE, "gone", Kind.LEFTOVER, "stranded", Kind.STRANDED_IN_DOUBT);
        assertThat(report.findings())
                .hasSize(3)
                .allSatisfy(finding -> assertThat(kinds).containsEntry(finding.id(), finding.kind()));
        assertThat(test.admin.repair(report.findings()).remaining())
                .extracting(Finding::id)
                .containsExactly("stranded");
    }
}
