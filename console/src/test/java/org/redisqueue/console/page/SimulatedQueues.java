// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console.page;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessagePage;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.admin.QueueHistory;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.admin.RepairReport;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.admin.TopicStatus;
import org.redisqueue.admin.UnbindReport;

/** Queues in memory, which operators change like those in Redis. A job takes four steps, one whenever its progress is read. */
final class SimulatedQueues implements QueueAdmin {

    private static final int STEPS = 4;

    final Map<String, SimulatedQueue> queues = new ConcurrentSkipListMap<>();
    private final Map<String, Set<String>> bindings = new ConcurrentSkipListMap<>();
    final List<InDoubtBranch> branches = new CopyOnWriteArrayList<>();
    final List<Finding> findings = new CopyOnWriteArrayList<>();
    final List<AuditEntry> audit = new CopyOnWriteArrayList<>();
    private final Map<String, SimulatedJob> jobs = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    volatile Supplier<List<ServerStatus>> servers = List::of;
    private volatile QueueAdminException failure;
    private volatile boolean holding;
    private final ThreadLocal<String> actor = ThreadLocal.withInitial(() -> "nobody");

    /** A job and the messages of its remaining steps. */
    private record SimulatedJob(Job job, List<MessageDetails> left, UnaryOperator<MessageDetails> change) {}

    SimulatedQueue queueNamed(String name) {
        return queues.computeIfAbsent(name, SimulatedQueue::new);
    }

    /** How often the overview has been read. */
    int reads() {
        return reads.get();
    }

    /** Makes all operations fail until the argument is null. */
    void failWith(QueueAdminException e) {
        failure = e;
    }

    /** Stops all jobs where they are, or lets them continue. */
    void hold(boolean hold) {
        holding = hold;
    }

    void clear() {
        holding = false;
        servers = List::of;
        List.of(branches, findings, audit).forEach(List::clear);
        queues.clear();
        bindings.clear();
        jobs.clear();
        failure = null;
    }

    private void read() {
        if (failure != null) {
            throw failure;
        }
    }

    private void changed(String action, String queue, Map<String, String> details) {
        read();
        String id = (1_700_000_000_000L + audit.size()) + "-0";
        audit.add(0, new AuditEntry(id, Instant.now(), actor.get(), "console", action, queue, details, null));
    }

    private SimulatedQueue existing(String name) {
        read();
        return Optional.ofNullable(queues.get(name))
                .orElseThrow(() -> new QueueAdminException(Kind.NOT_FOUND, "Queue '" + name + "' does not exist."));
    }

    @Override
    public QueueAdmin as(String caller, String via) {
        actor.set(caller);
        return this;
    }

    @Override
    public List<QueueStatus> queues() {
        read();
        reads.incrementAndGet();
        return queues.values().stream().map(SimulatedQueue::status).toList();
    }

    @Override
    public QueueStatus queue(String name) {
        read();
        return queueNamed(name).status();
    }

    @Override
    public QueueHistory history(String name, int minutes) {
        read();
        return queueNamed(name).history(minutes);
    }

    @Override
    public MessagePage browse(String queue, Place place, String cursor, int limit) {
        List<MessageSummary> all =
                existing(queue).in(place).stream().map(MessageDetails::summary).toList();
        int from = cursor == null ? 0 : Math.min(all.size(), Integer.parseInt(cursor));
        int to = Math.min(all.size(), from + limit);
        return new MessagePage(all.subList(from, to), to < all.size() ? String.valueOf(to) : null);
    }

    @Override
    public Optional<MessageDetails> message(String queue, String id) {
        return existing(queue).message(id);
    }

    @Override
    public void editBody(String queue, String id, String body, String version) {
        changed("editBody", queue, Map.of("id", id));
        MessageDetails old = message(queue, id).orElseThrow();
        if (!old.version().equals(version)) {
            throw new QueueAdminException(Kind.CONFLICT, "The message has changed since it was read. Read it again.");
        }
        existing(queue).replace(SimulatedQueue.withBody(old, body));
    }

    @Override
    public boolean cancelScheduled(String queue, String id) {
        changed("cancelScheduled", queue, Map.of("id", id));
        boolean scheduled = existing(queue).in(Place.SCHEDULED).stream()
                .anyMatch(message -> message.summary().id().equals(id));
        if (scheduled) {
            existing(queue).remove(id);
        }
        return scheduled;
    }

    @Override
    public List<TopicStatus> topics() {
        read();
        return bindings.keySet().stream().map(this::topic).toList();
    }

    @Override
    public TopicStatus topic(String name) {
        read();
        return new TopicStatus(name, List.copyOf(bindings.getOrDefault(name, Set.of())));
    }

    @Override
    public boolean bind(String topic, String queue) {
        changed("bind", queue, Map.of("topic", topic));
        return bindings.computeIfAbsent(topic, name -> new ConcurrentSkipListSet<>())
                .add(queue);
    }

    @Override
    public UnbindReport unbind(String topic, String queue) {
        changed("unbind", queue, Map.of("topic", topic));
        boolean unbound = bindings.getOrDefault(topic, Set.of()).remove(queue);
        return new UnbindReport(unbound, queue(queue), 1);
    }

    @Override
    public void deleteMessage(String queue, String id) {
        changed("deleteMessage", queue, Map.of("id", id));
        existing(queue).remove(id);
    }

    @Override
    public Job requeueDeadLetters(String queue, MessageSelection selection) {
        return start(Job.Action.REQUEUE, queue, Place.DEAD, selection, SimulatedQueue::ready);
    }

    @Override
    public Job deleteDeadLetters(String queue, MessageSelection selection) {
        return start(Job.Action.DELETE, queue, Place.DEAD, selection, letter -> null);
    }

    @Override
    public Job move(String queue, Place place, MessageSelection selection, String target) {
        return start(Job.Action.MOVE, queue, place, selection, message -> {
            queueNamed(target).replace(SimulatedQueue.ready(message));
            return null;
        });
    }

    @Override
    public Job purge(String queue) {
        return start(Job.Action.PURGE, queue, Place.READY, MessageSelection.all(), message -> null);
    }

    @Override
    public Job deleteQueue(String queue) {
        if (existing(queue).status().consumers() > 0) {
            throw new QueueAdminException(
                    Kind.CONFLICT, "Queue '" + queue + "' has consumers. Stop them before you delete it.");
        }
        Job job = start(Job.Action.DELETE_QUEUE, queue, Place.READY, MessageSelection.all(), message -> null);
        queues.remove(queue);
        return job;
    }

    /** Starts a job that replaces each selected message by the result of the change, or removes it. */
    private Job start(
            Job.Action action,
            String queue,
            Place place,
            MessageSelection selection,
            UnaryOperator<MessageDetails> change) {
        changed(action.name().toLowerCase(Locale.ROOT), queue, Map.of("place", place.name()));
        List<MessageDetails> selected =
                existing(queue).in(place).stream().filter(matches(selection)).toList();
        String id = queue.replaceAll("[^A-Za-z0-9]", "-") + "~" + jobs.size();
        Job job = new Job(id, queue, action, Job.State.RUNNING, 0, selected.size(), 0, Instant.now(), null);
        jobs.put(id, new SimulatedJob(job, new ArrayList<>(selected), change));
        return job;
    }

    private static Predicate<MessageDetails> matches(MessageSelection selection) {
        return message -> {
            MessageSummary summary = message.summary();
            return (selection.ids() == null || selection.ids().contains(summary.id()))
                    && (selection.reasonContains() == null || summary.reason().contains(selection.reasonContains()))
                    && (selection.olderThan() == null
                            || summary.since().isBefore(Instant.now().minus(selection.olderThan())))
                    && (selection.headerName() == null
                            || selection.headerValue().equals(message.headers().get(selection.headerName())));
        };
    }

    @Override
    public Optional<Job> job(String id) {
        read();
        return Optional.ofNullable(jobs.computeIfPresent(id, (key, job) -> step(job)))
                .map(SimulatedJob::job);
    }

    private SimulatedJob step(SimulatedJob current) {
        Job job = current.job();
        if (job.state() != Job.State.RUNNING || holding && job.done() > 0) {
            return current;
        }
        SimulatedQueue queue = queueNamed(job.queue());
        int size = (int) Math.min(current.left().size(), (job.total() + STEPS - 1) / STEPS);
        List<MessageDetails> batch = current.left().subList(0, size);
        for (MessageDetails message : batch) {
            MessageDetails changed = current.change().apply(message);
            queue.remove(message.summary().id());
            if (changed != null) {
                queue.replace(changed);
            }
        }
        batch.clear();
        long done = job.total() - current.left().size();
        Job.State state = current.left().isEmpty() ? Job.State.DONE : Job.State.RUNNING;
        Job next = new Job(job.id(), job.queue(), job.action(), state, done, job.total(), done, job.started(), null);
        return new SimulatedJob(next, current.left(), current.change());
    }

    @Override
    public void pause(String queue, Duration duration) {
        changed("pause", queue, Map.of("duration", String.valueOf(duration)));
        existing(queue).pause(duration);
    }

    @Override
    public void resume(String queue) {
        changed("resume", queue, Map.of());
        existing(queue).resume();
    }

    @Override
    public Map<String, String> settings(String queue) {
        return existing(queue).settings();
    }

    @Override
    public void changeSetting(String queue, String name, String value) {
        changed("changeSetting", queue, Map.of("setting", name, "value", String.valueOf(value)));
        existing(queue).change(name, value);
    }

    @Override
    public List<InDoubtBranch> inDoubt() {
        read();
        return branches;
    }

    @Override
    public void decide(String xid, InDoubtBranch.Decision decision, boolean force) {
        changed("decide", null, Map.of("xid", xid, "decision", decision.name(), "force", String.valueOf(force)));
        branches.removeIf(branch -> branch.xid().equals(xid));
    }

    @Override
    public List<ServerStatus> servers() {
        read();
        return servers.get();
    }

    @Override
    public CheckReport check(String queue, Duration pause) {
        read();
        return new CheckReport(queues.size(), 12_345, findings, List.of());
    }

    @Override
    public RepairReport repair(List<Finding> chosen) {
        changed("repair", null, Map.of("findings", String.valueOf(chosen.size())));
        findings.removeAll(chosen);
        return new RepairReport(chosen, List.of());
    }

    @Override
    public List<AuditEntry> audit(String before, int limit) {
        read();
        return audit.stream()
                .filter(entry -> before == null || entry.id().compareTo(before) < 0)
                .limit(limit)
                .toList();
    }
}
