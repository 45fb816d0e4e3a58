// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.Job.Action;
import org.redisqueue.admin.Job.State;
import org.redisqueue.internal.QueueName;
import org.redisqueue.ra.client.AdapterThreadFactory;
import org.redisqueue.ra.protocol.JobOperations;
import org.redisqueue.ra.protocol.JobOperations.JobKey;
import org.redisqueue.ra.protocol.JobOperations.Started;
import org.redisqueue.ra.protocol.OutboxName;

/** Runs jobs in the background, and reads their progress. */
final class JobRunner {

    private static final int THREADS = 8;
    private static final long THREAD_KEPT_SECONDS = 10;
    private static final Duration INTERRUPTED_AFTER = Duration.ofSeconds(30);
    private static final Duration REST = Duration.ofMillis(1);

    /** Separates queue and name in the id of a job. Queue names do not contain it. */
    private static final char SEPARATOR = '~';

    private final JobOperations operations;
    private final SecureRandom random = new SecureRandom();
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            THREADS,
            THREADS,
            THREAD_KEPT_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            new AdapterThreadFactory("redis-queue-jobs"));

    /** The jobs that this process runs, or will run when a thread is free. */
    private final Set<JobKey> unfinished = ConcurrentHashMap.newKeySet();

    JobRunner(JobOperations operations) {
        this.operations = operations;
        threads.allowCoreThreadTimeOut(true);
    }

    JobKey newKey(String queue) {
        return new JobKey(queue, Long.toString(random.nextLong() >>> 1, Character.MAX_RADIX));
    }

    Started start(JobKey key, Action action, String scope, Duration minAge) {
        return Replies.await(operations.start(key, action.name().toLowerCase(Locale.ROOT), scope, minAge.toMillis()));
    }

    /** Runs the steps of a job in the background, and records its end. */
    void run(JobKey key, Runnable steps) {
        unfinished.add(key);
        threads.execute(() -> {
            String failure = "";
            try {
                steps.run();
            } catch (RuntimeException e) {
                failure = String.valueOf(e.getMessage());
            }
            operations.end(key, failure).whenComplete((ended, problem) -> unfinished.remove(key));
        });
    }

    /** Lets other calls reach Redis between two steps. */
    void rest() {
        rest(REST);
    }

    void rest(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left); // may return early
        }
    }

    /** A job that has just been started. */
    Job job(JobKey key, Action action, Started started) {
        return new Job(
                key.queue() + SEPARATOR + key.name(),
                key.queue(),
                action,
                State.RUNNING,
                0,
                started.total(),
                0,
                Instant.ofEpochMilli(started.millis()),
                null);
    }

    /** Reads the progress of a job; empty if it is unknown. */
    Optional<Job> read(String id) {
        int separator = id.lastIndexOf(SEPARATOR);
        String queue = id.substring(0, Math.max(separator, 0));
        if (!queue.matches(QueueName.PATTERN) && !OutboxName.matches(queue)) {
            return Optional.empty();
        }
        JobKey key = new JobKey(queue, id.substring(separator + 1));
        Map<String, String> fields = Replies.await(operations.read(key));
        if (!fields.containsKey("state")) {
            return Optional.empty();
        }
        String failure = fields.getOrDefault("failure", "");
        return Optional.of(new Job(
                id,
                key.queue(),
                Action.valueOf(fields.getOrDefault("action", "").toUpperCase(Locale.ROOT)),
                state(key, fields),
                number(fields, "done"),
                number(fields, "total"),
                number(fields, "changed"),
                Instant.ofEpochMilli(number(fields, "started")),
                failure.isEmpty() ? null : failure));
    }

    private State state(JobKey key, Map<String, String> fields) {
        State state = State.valueOf(fields.getOrDefault("state", "").toUpperCase(Locale.ROOT));
        return state == State.RUNNING
                        && !unfinished.contains(key)
                        && Replies.await(operations.idleMillis(key)) > INTERRUPTED_AFTER.toMillis()
                ? State.INTERRUPTED
                : state;
    }

    private static long number(Map<String, String> fields, String name) {
        return Long.parseLong(fields.getOrDefault(name, "0"));
    }
}
