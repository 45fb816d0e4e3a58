// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.Job.Action;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.ra.protocol.ConsistencyOperations;
import org.redisqueue.ra.protocol.JobOperations;
import org.redisqueue.ra.protocol.JobOperations.Condition;
import org.redisqueue.ra.protocol.JobOperations.Drop;
import org.redisqueue.ra.protocol.JobOperations.JobKey;
import org.redisqueue.ra.protocol.JobOperations.Position;
import org.redisqueue.ra.protocol.JobOperations.Started;
import org.redisqueue.ra.protocol.JobOperations.Step;
import org.redisqueue.ra.protocol.MessageOperations;
import org.redisqueue.ra.protocol.OutboxName;
import org.redisqueue.ra.protocol.QueueOperations;

/** Operations on many messages, which run in the background. */
final class Jobs {

    private static final int DELETION_PASSES = 10;

    /** How long the deletion of a queue waits for consumers that hold its messages. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(100);

    private final JobOperations operations;
    private final QueueOperations queues;
    private final Queues states;
    private final Topics topics;
    private final JobRunner runner;
    private final Duration patience;

    Jobs(QueueOperations queues, Queues states, Topics topics) {
        this(queues, states, topics, PATIENCE);
    }

    /**
     * @param patience how long the deletion of a queue waits for consumers that hold its messages
     */
    Jobs(QueueOperations queues, Queues states, Topics topics, Duration patience) {
        this.topics = topics;
        this.patience = patience;
        this.operations = queues.admin().jobs();
        this.queues = queues;
        this.states = states;
        this.runner = new JobRunner(operations);
    }

    Job requeue(String queue, MessageSelection selection) {
        return deadLetters(queue, Action.REQUEUE, "requeue", selection, queue);
    }

    Job deleteDeadLetters(String queue, MessageSelection selection) {
        return deadLetters(queue, Action.DELETE, "delete", selection, queue);
    }

    Job move(String queue, Place place, MessageSelection selection, String target) {
        if (queue.equals(target)) {
            throw new QueueAdminException(Kind.INVALID, "The target must be another queue.");
        } else if (OutboxName.matches(queue) || OutboxName.matches(target)) {
            throw new QueueAdminException(
                    Kind.INVALID,
                    "Messages cannot be moved from or to an outbox. Requeue or delete those of an outbox.");
        } else if (!queues.canShareScript(queue, target)) {
            throw new QueueAdminException(
                    Kind.INVALID, "In a Redis Cluster, messages cannot be moved to a queue in another slot.");
        }
        queues.register(target);
        return switch (place) {
            case DEAD -> deadLetters(queue, Action.MOVE, "move", selection, target);
            case READY -> moveReady(queue, selection, target);
            default ->
                throw new QueueAdminException(Kind.INVALID, "Only ready messages and dead letters can be moved.");
        };
    }

    private Job deadLetters(String queue, Action action, String name, MessageSelection selection, String target) {
        List<String> ids = selection.ids();
        Duration age = selection.olderThan();
        String scope = ids == null ? "dead" : String.valueOf(ids.size());
        JobKey key = runner.newKey(queue);
        Started started = runner.start(key, action, scope, age == null ? Duration.ZERO : age);
        String header = selection.headerName();
        String value = selection.headerValue();
        String reason = selection.reasonContains();
        runner.run(key, () -> {
            if (ids == null) {
                Condition condition = new Condition(
                        started.latest(),
                        reason == null ? "" : reason,
                        header == null ? "" : header.toLowerCase(Locale.ROOT),
                        value == null ? "" : value,
                        List.of());
                Step step = new Step(0, true, Position.START);
                while (step.more()) {
                    step = Replies.await(operations.deadLetters(key, name, condition, step.position(), target));
                    runner.rest();
                }
                return;
            }
            List<String> rest = ids;
            while (!rest.isEmpty()) {
                List<String> next = rest.subList(0, Math.min(JobOperations.STEP, rest.size()));
                Condition condition = new Condition(started.latest(), "", "", "", next);
                Step step = Replies.await(operations.deadLetters(key, name, condition, Position.START, target));
                rest = rest.subList(step.considered(), rest.size());
                runner.rest();
            }
        });
        return runner.job(key, action, started);
    }

    private Job moveReady(String queue, MessageSelection selection, String target) {
        List<String> ids = selection.ids();
        if (selection.reasonContains() != null || selection.olderThan() != null || selection.headerName() != null) {
            throw new QueueAdminException(Kind.INVALID, "Ready messages can be selected only by id, or all of them.");
        } else if (ids != null && states.one(queue).ready() > MessageOperations.SEARCHED) {
            throw tooManyReady();
        }
        JobKey key = runner.newKey(queue);
        Started started =
                runner.start(key, Action.MOVE, ids == null ? "ready" : String.valueOf(ids.size()), Duration.ZERO);
        runner.run(key, () -> {
            if (ids == null) {
                allReady(key, "move", started.total(), target);
                return;
            }
            for (String id : ids) {
                if (Replies.await(operations.readyMessages(key, "move", 1, 0, List.of(id), target))
                                .get(0)
                        < 0) {
                    throw tooManyReady();
                }
                runner.rest();
            }
        });
        return runner.job(key, Action.MOVE, started);
    }

    private static QueueAdminException tooManyReady() {
        return new QueueAdminException(
                Kind.CONFLICT,
                "More than " + MessageOperations.SEARCHED + " messages are ready. Single ones cannot be moved then.");
    }

    Job purge(String queue) {
        JobKey key = runner.newKey(queue);
        Started started = runner.start(key, Action.PURGE, "ready", Duration.ZERO);
        runner.run(key, () -> allReady(key, "delete", started.total(), queue));
        return runner.job(key, Action.PURGE, started);
    }

    /** Deletes or moves the messages that are delivered next, up to a number. */
    private void allReady(JobKey key, String name, long number, String target) {
        long skip = 0;
        for (long left = number; left > 0; ) {
            int limit = (int) Math.min(JobOperations.STEP, left);
            List<Long> step = Replies.await(operations.readyMessages(key, name, limit, skip, List.of(), target));
            if (step.get(0) == 0) {
                return;
            }
            left -= step.get(0);
            skip += step.get(0) - step.get(1);
            if (skip > JobOperations.MAX_SKIPPED) {
                throw new QueueAdminException(
                        Kind.CONFLICT,
                        "More than " + JobOperations.MAX_SKIPPED + " messages could not be moved, because they have"
                                + " expired, or their ids are in use in queue '" + target
                                + "'. Purge one of the queues,"
                                + " or let consumers claim from it, before you move more messages.");
            }
            runner.rest();
        }
    }

    Job deleteQueue(String queue) {
        if (states.consumers(queue) > 0) {
            throw new QueueAdminException(
                    Kind.CONFLICT, "Queue '" + queue + "' has consumers. Stop them before you delete it.");
        } else if (states.one(queue).inDoubt() > 0
                || !Replies.await(queues.admin().branches().records(queue)).isEmpty()) {
            throw new QueueAdminException(
                    Kind.CONFLICT, "Queue '" + queue + "' has prepared branches. Decide them before you delete it.");
        }
        JobKey key = runner.newKey(queue);
        Started started = runner.start(key, Action.DELETE_QUEUE, "queue", Duration.ZERO);
        states.pause(queue, null);
        runner.run(key, () -> {
            List<String> unbound = new ArrayList<>();
            try {
                topics.unbindAll(queue, unbound);
                if (!unbound.isEmpty()) {
                    runner.rest(Topics.SETTLED); // until no publisher sends to the queue
                }
                deleteAll(key);
            } catch (RuntimeException e) {
                throw new QueueAdminException(
                        Kind.CONFLICT,
                        "Queue '" + queue
                                + "' was not deleted completely, and is paused now. Delete it again, or resume"
                                + " it." + bindAgain(queue, unbound) + " The reason: " + e.getMessage(),
                        e);
            }
        });
        return runner.job(key, Action.DELETE_QUEUE, started);
    }

    /** Restores the bindings of a queue that was not deleted. Returns what to do if this fails. */
    private String bindAgain(String queue, List<String> unbound) {
        try {
            unbound.forEach(topic -> topics.bind(topic, queue));
            return "";
        } catch (RuntimeException e) {
            return " Before you resume it, bind it again to " + String.join(", ", unbound)
                    + ", because the bindings were removed and could not be restored (" + e.getMessage() + ").";
        }
    }

    /** Deletes all messages of a queue and then, atomically with the check that there are no others, the queue. */
    private void deleteAll(JobKey key) {
        String queue = key.queue();
        for (int pass = 0; pass < DELETION_PASSES; pass++) {
            dropEntries(key);
            allReady(key, "delete", Long.MAX_VALUE, queue);
            deleteLetters(key);
            deleteOrphans(key); // few ids are left to be examined
            allReady(key, "delete", Long.MAX_VALUE, queue);
            if (Replies.await(operations.dropQueue(key)) == Drop.DELETED) {
                Replies.await(queues.deduplication().removeAll(queue));
                if (!queues.isCluster()) { // there, the name of an unused queue stays
                    Replies.await(queues.unregister(List.of(queue)));
                }
                return;
            }
        }
        throw new QueueAdminException(
                Kind.CONFLICT,
                "Messages are still being sent to queue '" + queue + "'. Stop sending, and delete it again.");
    }

    /** Deletes messages in processing. Waits for those that a consumer holds: it may not have sent heartbeats. */
    private void dropEntries(JobKey key) {
        long start = System.nanoTime();
        Drop drop = Replies.await(operations.dropEntries(key));
        while (drop != Drop.EMPTY) {
            if (drop == Drop.HELD && System.nanoTime() - start > patience.toNanos()) {
                throw new QueueAdminException(
                        Kind.CONFLICT,
                        "Consumers hold messages of queue '" + key.queue() + "'. Stop them, or wait until their leases"
                                + " have ended, and delete the queue again.");
            }
            if (drop == Drop.HELD) {
                runner.rest(POLL);
            } else {
                runner.rest();
            }
            drop = Replies.await(operations.dropEntries(key));
        }
    }

    private void deleteLetters(JobKey key) {
        Condition all = new Condition(Long.MAX_VALUE >> 10, "", "", "", List.of());
        Step step = new Step(0, true, Position.START);
        while (step.more()) {
            step = Replies.await(operations.deadLetters(key, "delete", all, step.position(), key.queue()));
            runner.rest();
        }
    }

    /** Deletes messages that are in no place of the queue. They become dead letters first. */
    private void deleteOrphans(JobKey key) {
        String queue = key.queue();
        ConsistencyOperations consistency = queues.admin().consistency();
        List<String> ids = new ArrayList<>();
        Replies.await(consistency.messages(queue, ids::add));
        for (int i = 0; i < ids.size(); i++) {
            Replies.await(consistency.examine(queue, ids.get(i), false, Finding.Kind.ORPHANED_MESSAGE.name()));
            runner.rest();
            if (i % JobOperations.STEP == JobOperations.STEP - 1 || i == ids.size() - 1) {
                deleteLetters(key); // which records the progress
            }
        }
    }

    Optional<Job> job(String id) {
        return runner.read(id);
    }
}
