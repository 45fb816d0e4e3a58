// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.redisqueue.ra.protocol.TestQueue.result;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What operators do to the queues of a simulation, in Redis and in the model. */
final class OperatorSteps {

    private static final long ANY_TIME = 1L << 53;

    private final AdminOperations admin;
    private final SettingsOperations settings;
    private final List<TestQueue> queues;
    private final Supplier<List<QueueModel>> models;
    private final Consumer<String> deleted;
    private int jobs;

    /**
     * @param models the present model of each queue
     * @param deleted accepts the values of messages that must not come back
     */
    OperatorSteps(
            QueueOperations operations,
            List<TestQueue> queues,
            Supplier<List<QueueModel>> models,
            Consumer<String> deleted) {
        this.admin = operations.admin();
        this.settings = operations.settings();
        this.queues = queues;
        this.models = models;
        this.deleted = deleted;
    }

    void run(Step.OfOperator step) {
        if (step instanceof Step.Limit limit) {
            limit(limit);
        } else if (step instanceof Step.Block block) {
            block(block);
        } else if (step instanceof Step.Pause pause) {
            pause(pause);
        } else if (step instanceof Step.ChangeLetter change) {
            changeLetter(change);
        } else if (step instanceof Step.Delete delete) {
            delete(delete);
        } else if (step instanceof Step.Move move) {
            move(move);
        } else if (step instanceof Step.Purge purge) {
            purge(purge);
        } else if (step instanceof Step.Examine examine) {
            examine(examine.queue());
        } else {
            throw new AssertionError(step);
        }
    }

    private QueueModel model(int queue) {
        return models.get().get(queue);
    }

    private String name(int queue) {
        return queues.get(queue).name;
    }

    private void limit(Step.Limit step) {
        String queue = name(step.queue());
        String most = step.most() == 0 ? "" : Integer.toString(step.most());
        result(settings.change(queue, QueueSetting.MAX_QUEUE_CONCURRENCY, most));
        result(settings.change(queue, QueueSetting.RATE_LIMIT, step.slow() ? "1/h" : ""));
        model(step.queue()).limit(step.most(), step.slow());
    }

    private void block(Step.Block step) {
        String queue = name(step.queue());
        QueueModel model = model(step.queue());
        result(settings.change(queue, QueueSetting.ON_DEAD_LETTER, step.blocks() ? "block" : ""));
        String cursor = SettingsOperations.DONE;
        do {
            cursor = result(settings.unblock(queue, cursor));
        } while (!cursor.equals(SettingsOperations.DONE));
        int left = model.ready.size();
        model.block(step.blocks());
        sortAsRedis(step.queue(), left);
    }

    private void pause(Step.Pause step) {
        OverviewOperations overview = admin.overview();
        result(step.paused() ? overview.pause(name(step.queue()), 0) : overview.resume(name(step.queue())));
        model(step.queue()).paused = step.paused();
    }

    /** The target of messages that move from a queue. */
    private int target(int queue) {
        return (queue + 1) % queues.size();
    }

    private JobOperations.JobKey job(int queue) {
        return new JobOperations.JobKey(name(queue), "job" + jobs++);
    }

    private void changeLetter(Step.ChangeLetter step) {
        QueueModel model = model(step.queue());
        List<String> letters = model.dead.stream().sorted().toList();
        if (letters.isEmpty()) {
            return;
        }
        String id = letters.get(step.pick() % letters.size());
        boolean moves = step.change() == Step.Change.MOVE;
        int target = moves ? target(step.queue()) : step.queue();
        JobOperations.Condition condition = new JobOperations.Condition(ANY_TIME, "", "", "", List.of(id));

        result(admin.jobs()
                .deadLetters(
                        job(step.queue()),
                        step.change().name().toLowerCase(Locale.ROOT),
                        condition,
                        JobOperations.Position.START,
                        name(target)));

        switch (step.change()) {
            case REQUEUE -> model.requeue(id);
            case DELETE -> delete(model, id);
            case MOVE -> {
                if (storeInTarget(model, id, target)) {
                    model.delete(id);
                    model(target).publish(id);
                }
            }
        }
    }

    /** Stores a message that moves in its target; false if its id is in use there. */
    private boolean storeInTarget(QueueModel model, String id, int target) {
        return model(target).store(id, model.values.get(id));
    }

    private boolean delete(QueueModel model, String id) {
        String value = model.values.get(id);
        boolean done = model.delete(id);
        if (done) {
            deleted.accept(value);
        }
        return done;
    }

    private void delete(Step.Delete step) {
        QueueModel model = model(step.queue());
        String id = "m" + step.id();
        MessageOperations.Deletion otherwise =
                model.values.containsKey(id) ? MessageOperations.Deletion.HELD : MessageOperations.Deletion.NOT_FOUND;

        MessageOperations.Deletion outcome = result(admin.messages().delete(name(step.queue()), id, 0));

        assertThat(outcome).isEqualTo(delete(model, id) ? MessageOperations.Deletion.DELETED : otherwise);
    }

    private void purge(Step.Purge step) {
        QueueModel model = model(step.queue());
        List<String> ids = model.waiting().isEmpty() ? next(model) : model.waiting();
        ids = List.copyOf(ids.subList(0, Math.min(step.limit(), ids.size())));

        List<Long> counts = runJobStep(step.queue(), "delete", step.limit(), List.of(), step.queue());

        assertThat(counts).as("considered and deleted").containsExactly((long) ids.size(), (long) ids.size());
        int left = model.ready.size()
                - (int) ids.stream().filter(model.ready::contains).count();
        ids.forEach(id -> delete(model, id));
        sortAsRedis(step.queue(), left);
    }

    /** The messages that a job considers first: those of the highest priority, or those without one. */
    private static List<String> next(QueueModel model) {
        List<String> prioritized = model.prioritized;
        return prioritized.isEmpty()
                ? model.ready
                : prioritized.stream()
                        .filter(id -> QueueModel.priority(id) == QueueModel.priority(prioritized.get(0)))
                        .toList();
    }

    private void move(Step.Move step) {
        QueueModel model = model(step.queue());
        int target = target(step.queue());
        List<String> candidates = new ArrayList<>(next(model));
        if (step.byId()) {
            candidates = new ArrayList<>(model.prioritized);
            candidates.addAll(model.ready);
        }
        List<String> ids = List.copyOf(candidates.subList(0, Math.min(step.limit(), candidates.size())));

        List<Long> counts = runJobStep(step.queue(), "move", step.limit(), step.byId() ? ids : List.of(), target);

        List<String> moved = new ArrayList<>(
                ids.stream().filter(id -> storeInTarget(model, id, target)).toList());
        List<String> followers = step.byId() ? List.of() : followers(model, moved, step.limit() - ids.size(), target);
        assertThat(counts)
                .as("considered and moved")
                .containsExactly((long) ids.size() + followers.size(), (long) moved.size() + followers.size());
        int left = model.ready.size()
                - (int) moved.stream().filter(model.ready::contains).count();
        followers.forEach(model::delete);
        moved.forEach(model::delete);
        sortAsRedis(step.queue(), left);
        moved.addAll(followers);
        moved.forEach(model(target)::publish);
    }

    /** The messages that wait for these heads of their groups and move with them, up to the first that cannot. */
    private List<String> followers(QueueModel model, List<String> moved, int limit, int target) {
        List<String> followers = new ArrayList<>();
        for (String head : moved) {
            String group = QueueModel.group(head);
            if (group == null || !head.equals(model.heads.get(group))) {
                continue;
            }
            for (String id : model.waiting.getOrDefault(group, List.of())) {
                if (followers.size() == limit || !storeInTarget(model, id, target)) {
                    break;
                }
                followers.add(id);
            }
        }
        return followers;
    }

    /** Runs the first step of a job on ready messages. Those with an id have to be among them. */
    private List<Long> runJobStep(int queue, String action, int limit, List<String> ids, int target) {
        JobOperations.JobKey job = job(queue);
        result(admin.jobs().start(job, action, "ready", 0));
        return result(admin.jobs().readyMessages(job, action, limit, 0, ids, name(target)));
    }

    /** A check finds no damage, whatever has happened. */
    private void examine(int number) {
        ConsistencyOperations consistency = admin.consistency();
        String queue = name(number);
        for (String id : model(number).values.keySet()) {
            assertThat(result(consistency.examine(queue, id, false, "")).damage())
                    .as("the damage of %s", id)
                    .isEmpty();
        }
        for (ConsistencyOperations.Index index : ConsistencyOperations.Index.values()) {
            ConsistencyOperations.Part part = result(consistency.read(queue, index, "0"));
            assertThat(part.malformed()).as("malformed entries").isEmpty();
            for (String id : part.suspects()) {
                assertThat(result(consistency.examine(queue, id, false, "")).damage())
                        .as("the damage of %s in %s", id, index)
                        .isEmpty();
            }
        }
        assertThat(result(consistency.wrongTypes(queue))).isEmpty();
    }

    /** The next messages of several groups became ready at once: their order does not matter. */
    void sortAsRedis(int number, int from) {
        QueueModel model = model(number);
        List<String> ready = queues.get(number).ready();
        model.ready.subList(from, model.ready.size()).sort(Comparator.comparing(ready::indexOf));
    }
}
