// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.redisson.api.RScript.ReturnType;
import org.redisson.client.codec.StringCodec;

/** Changes many messages in steps that do not block Redis. Each step records its progress in the job. */
public final class JobOperations {

    /** How many messages a step considers at most. */
    public static final int STEP = 100;

    /** How many ready messages that cannot be moved a step can skip. */
    public static final int MAX_SKIPPED = 50_000;

    private static final int DAYS_OF_HISTORY = 3;
    private static final long DAY_MILLIS = 86_400_000;

    private final RedisCalls calls;
    private final Keys keys;

    JobOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
    }

    /** Identifies a job: its queue, and a name that no other job of the queue has. */
    public record JobKey(String queue, String name) {}

    /**
     * The beginning of a job.
     *
     * @param millis the time of Redis, in milliseconds since 1970
     * @param total number of messages that the job considers
     * @param latest the latest time at which a dead letter that it considers was dead-lettered
     */
    public record Started(long millis, long total, long latest) {}

    /**
     * A condition on dead letters.
     *
     * @param latest the latest time at which a letter was dead-lettered
     * @param reasonPart a part of the reason; empty for any reason
     * @param header name of a header in lower case; empty for any headers
     * @param headerValue value of that header
     * @param ids the letters to consider; empty to consider all up to {@code latest}, the oldest first
     */
    public record Condition(long latest, String reasonPart, String header, String headerValue, List<String> ids) {}

    /**
     * The letter after which the next step continues.
     *
     * @param id the last letter that was considered and left; empty if there is none
     * @param millis when it was dead-lettered
     */
    public record Position(String id, long millis) {

        /** The position of the first step. */
        public static final Position START = new Position("", 0);
    }

    /**
     * The result of a step.
     *
     * @param considered number of messages that the step has considered
     * @param more whether there are more to consider
     * @param position where the next step continues
     */
    public record Step(int considered, boolean more, Position position) {}

    /**
     * Records the beginning of a job.
     *
     * @param scope what the job considers: {@code dead}, {@code ready}, {@code queue} or a number of messages
     * @param minAgeMillis minimum age of a dead letter, in milliseconds
     */
    public CompletableFuture<Started> start(JobKey job, String action, String scope, long minAgeMillis) {
        ScriptArguments arguments = new ScriptArguments()
                .key(key(job))
                .key(keys.ready(job.queue()))
                .key(keys.dead(job.queue()))
                .key(keys.arrived(job.queue()))
                .add(job.queue())
                .add(action)
                .add(scope)
                .add(minAgeMillis);
        return calls.run(Script.STARTJOB, arguments.keys(), arguments.values())
                .thenApply(reply -> new Started((Long) reply.get(0), (Long) reply.get(1), (Long) reply.get(2)));
    }

    /**
     * Records the end of a job.
     *
     * @param failure why it has failed; empty if it has not
     */
    public CompletableFuture<Void> end(JobKey job, String failure) {
        return calls.run(Script.ENDJOB, List.of(key(job)), List.of(failure.isEmpty() ? "done" : "failed", failure))
                .thenApply(reply -> null);
    }

    /** Reads the fields of a job; empty if it is unknown. */
    public CompletableFuture<Map<String, String>> read(JobKey job) {
        return calls.call(
                "job",
                redisson -> redisson.<String, String>getMap(key(job), StringCodec.INSTANCE)
                        .readAllMapAsync());
    }

    /** Returns how long ago a job that exists was last changed, in milliseconds by the clock of Redis. */
    public CompletableFuture<Long> idleMillis(JobKey job) {
        return calls.call(
                        "job",
                        redisson -> redisson.getBucket(key(job), StringCodec.INSTANCE)
                                .remainTimeToLiveAsync())
                .thenApply(left -> DAY_MILLIS - left); // each change keeps the job for a day
    }

    /**
     * Makes dead letters ready again, deletes them, or moves them to another queue.
     *
     * @param action {@code requeue}, {@code delete} or {@code move}
     * @param target the queue that gets the messages; the same queue unless they are moved
     */
    public CompletableFuture<Step> deadLetters(
            JobKey job, String action, Condition condition, Position position, String target) {
        String queue = job.queue();
        ScriptArguments arguments = new ScriptArguments()
                .key(key(job))
                .key(keys.ready(queue))
                .key(keys.dead(queue))
                .key(keys.errors(queue))
                .key(keys.failures(queue))
                .key(keys.abandoned(queue))
                .key(keys.expiry(queue))
                .key(keys.ready(target))
                .add(action)
                .add(STEP)
                .add(condition.latest())
                .add(position.id())
                .add(position.millis())
                .add(condition.reasonPart())
                .add(condition.header())
                .add(condition.headerValue());
        condition.ids().forEach(arguments::add);
        return calls.run(Script.DEADLETTERS, arguments.keys(), arguments.values())
                .thenApply(reply -> new Step(
                        Reply.integer(reply.get(0)),
                        (Long) reply.get(2) == 1,
                        new Position(Reply.text(reply.get(3)), (Long) reply.get(4))));
    }

    /**
     * Deletes the messages that are delivered next, or moves ready messages to another queue.
     *
     * @param action {@code delete} or {@code move}
     * @param limit maximum number of messages to consider
     * @param skip number of messages that are delivered next to skip, up to {@value #MAX_SKIPPED}
     * @param ids the messages to move; empty for those that are delivered next
     * @return the number of messages that were considered, and the number of those that were changed; -1 and 0 if too
     *     many messages are ready to look for ids
     */
    public CompletableFuture<List<Long>> readyMessages(
            JobKey job, String action, int limit, long skip, List<String> ids, String target) {
        String queue = job.queue();
        ScriptArguments arguments = new ScriptArguments()
                .key(key(job))
                .key(keys.ready(queue))
                .key(keys.failures(queue))
                .key(keys.abandoned(queue))
                .key(keys.expiry(queue))
                .key(keys.ready(target))
                .key(keys.expiry(target))
                .key(keys.arrived(queue))
                .add(action)
                .add(limit)
                .add(skip)
                .add(MessageOperations.SEARCHED);
        ids.forEach(arguments::add);
        return calls.run(Script.READYMESSAGES, arguments.keys(), arguments.values())
                .thenApply(reply -> List.of((Long) reply.get(0), (Long) reply.get(1)));
    }

    /** The result of a step of deleting a queue. */
    public enum Drop {
        /** The queue is deleted. */
        DELETED,
        /** There may be more claimed or waiting messages. */
        CONTINUE,
        /** Consumers hold the messages that were considered. */
        HELD,
        /** No messages are claimed or wait. */
        EMPTY,
        /** Messages are ready, or there are dead letters. */
        READY
    }

    /** Removes waiting messages of a queue, and claimed ones whose lease has ended. */
    public CompletableFuture<Drop> dropEntries(JobKey job) {
        return drop(job, "entries");
    }

    /** Removes such messages of a queue or, if it has no more messages, everything else of it. */
    public CompletableFuture<Drop> dropQueue(JobKey job) {
        return drop(job, "queue");
    }

    private CompletableFuture<Drop> drop(JobKey job, String extent) {
        String queue = job.queue();
        ScriptArguments arguments = new ScriptArguments()
                .key(key(job))
                .key(keys.processing(queue))
                .key(keys.prepared(queue))
                .key(keys.ready(queue))
                .key(keys.dead(queue))
                .key(keys.arrived(queue))
                .key(keys.failures(queue))
                .key(keys.abandoned(queue))
                .key(keys.errors(queue))
                .key(keys.expiry(queue))
                .key(keys.scheduled(queue))
                .key(keys.watchers(queue))
                .key(keys.waiting(queue))
                .key(keys.heads(queue))
                .key(keys.attributes(queue))
                .key(keys.prioritized(queue))
                .key(keys.sequence(queue))
                .key(keys.settings(queue))
                .key(keys.rate(queue))
                .key(keys.slots(queue))
                .key(keys.paused(queue));
        long today = System.currentTimeMillis() / DAY_MILLIS;
        for (int i = 0; i < DAYS_OF_HISTORY; i++) {
            arguments.key(keys.history(queue, today - i));
        }
        arguments.add(STEP).add(extent);
        return calls.run(Script.DROPQUEUE, ReturnType.STRING, arguments.keys(), arguments.values())
                .thenApply(reply -> Drop.valueOf(String.valueOf(reply).toUpperCase(Locale.ROOT)));
    }

    /** Escapes the characters that have a meaning in a pattern. */
    static String escaped(String text) {
        return text.replaceAll("[*?\\[\\]^\\\\]", "\\\\$0");
    }

    private String key(JobKey job) {
        return keys.job(job.queue(), job.name());
    }
}
