// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.Holder;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessagePage;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.MessageSummary;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueHistory;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.admin.RepairReport;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.admin.TopicStatus;
import org.redisqueue.admin.UnbindReport;

/** Operations that record their calls and answer with fixed values, or fail. */
public final class FakeQueueAdmin implements QueueAdmin {

    public static final Instant TIME = Instant.parse("2026-05-04T03:02:01Z");

    private final List<String> calls = new ArrayList<>();
    private final Map<String, MessageDetails> messages = new LinkedHashMap<>();
    private final List<InDoubtBranch> malformed = new ArrayList<>();
    private RuntimeException failure;

    /** What was called since the last reset, with the caller first. */
    public List<String> calls() {
        return calls;
    }

    public void reset() {
        calls.clear();
        messages.clear();
        malformed.clear();
        failure = null;
    }

    /** Makes all operations fail. */
    public void failWith(RuntimeException e) {
        failure = e;
    }

    public void add(String id, String body) {
        messages.put(id, new MessageDetails(summary(id), Map.of("type", "order"), body, false, false, null, "v1"));
    }

    public void addTruncated(String id) {
        messages.put(id, new MessageDetails(summary(id), Map.of(), "beginning", false, true, null, ""));
    }

    public void addBinary(String id, String base64) {
        messages.put(id, new MessageDetails(summary(id), Map.of(), base64, true, false, null, "v1"));
    }

    private static MessageSummary summary(String id) {
        Holder holder = new Holder("srv1", "host1", "Listener.on", TIME);
        return new MessageSummary(id, Place.DEAD, 42, TIME, TIME, null, null, 5, "broken", holder, null, "g", 7);
    }

    private void called(String call, Object... arguments) {
        calls.add(call + Arrays.asList(arguments)); // some are null
        if (failure != null) {
            throw failure;
        }
    }

    private Job started(Job.Action action) {
        return new Job("orders~1", "orders", action, Job.State.RUNNING, 10, 100, 9, TIME, null);
    }

    @Override
    public QueueAdmin as(String actor, String via) {
        calls.add("as[" + actor + ", " + via + "]");
        return this;
    }

    @Override
    public List<QueueStatus> queues() {
        called("queues");
        return List.of(queueStatus("orders"));
    }

    private static QueueStatus queueStatus(String name) {
        Map<String, String> settings = new TreeMap<>(Map.of("rateLimit", "300/min", "maxQueueConcurrency", "5"));
        return new QueueStatus(name, 1, 2, 3, 4, 5, 6, 7, Duration.ofMillis(8_900), true, TIME, 9, 10, 11, settings);
    }

    @Override
    public QueueStatus queue(String name) {
        called("queue", name);
        return queueStatus(name);
    }

    @Override
    public QueueHistory history(String name, int minutes) {
        called("history", name, minutes);
        return new QueueHistory(name, TIME, List.of(1L, 2L), List.of(0L, 1L));
    }

    @Override
    public MessagePage browse(String queue, Place place, String cursor, int limit) {
        called("browse", queue, place, String.valueOf(cursor), limit);
        return new MessagePage(
                messages.values().stream().map(MessageDetails::summary).toList(), "next");
    }

    @Override
    public Optional<MessageDetails> message(String queue, String id) {
        called("message", queue, id);
        return Optional.ofNullable(messages.get(id));
    }

    @Override
    public void editBody(String queue, String id, String body, String version) {
        called("editBody", queue, id, body, version);
    }

    @Override
    public boolean cancelScheduled(String queue, String id) {
        called("cancelScheduled", queue, id);
        return true;
    }

    @Override
    public List<TopicStatus> topics() {
        called("topics");
        return List.of(new TopicStatus("events", List.of("billing", "orders")), topic("empty"));
    }

    @Override
    public TopicStatus topic(String name) {
        called("topic", name);
        return new TopicStatus(name, List.of());
    }

    @Override
    public boolean bind(String topic, String queue) {
        called("bind", topic, queue);
        return true;
    }

    @Override
    public UnbindReport unbind(String topic, String queue) {
        called("unbind", topic, queue);
        return new UnbindReport(true, queue(queue), 2);
    }

    @Override
    public void deleteMessage(String queue, String id) {
        called("deleteMessage", queue, id);
    }

    @Override
    public Job requeueDeadLetters(String queue, MessageSelection selection) {
        called("requeue", queue, selection);
        return started(Job.Action.REQUEUE);
    }

    @Override
    public Job deleteDeadLetters(String queue, MessageSelection selection) {
        called("delete", queue, selection);
        return started(Job.Action.DELETE);
    }

    @Override
    public Job move(String queue, Place place, MessageSelection selection, String target) {
        called("move", queue, place, selection, target);
        return started(Job.Action.MOVE);
    }

    @Override
    public Job purge(String queue) {
        called("purge", queue);
        return started(Job.Action.PURGE);
    }

    @Override
    public Job deleteQueue(String queue) {
        called("deleteQueue", queue);
        return started(Job.Action.DELETE_QUEUE);
    }

    @Override
    public Optional<Job> job(String id) {
        called("job", id);
        return id.equals("orders~1") ? Optional.of(started(Job.Action.REQUEUE)) : Optional.empty();
    }

    @Override
    public void pause(String queue, Duration duration) {
        called("pause", queue, String.valueOf(duration));
    }

    @Override
    public void resume(String queue) {
        called("resume", queue);
    }

    @Override
    public Map<String, String> settings(String queue) {
        called("settings", queue);
        return Map.of("rateLimit", "100/s");
    }

    @Override
    public void changeSetting(String queue, String name, String value) {
        called("changeSetting", queue, name, value);
    }

    @Override
    public List<InDoubtBranch> inDoubt() {
        called("inDoubt");
        InDoubtBranch.MessageReference message = new InDoubtBranch.MessageReference("orders", "a/b");
        InDoubtBranch branch = new InDoubtBranch(
                "00020005-01-02", "orders", TIME, Duration.ofSeconds(90), "node1", List.of(message), List.of(), null);
        return Stream.concat(Stream.of(branch), malformed.stream()).toList();
    }

    public void addMalformedBranch() {
        malformed.add(
                new InDoubtBranch("x", "orders", null, null, null, List.of(), List.of(), "The record is not JSON."));
    }

    @Override
    public void decide(String xid, InDoubtBranch.Decision decision, boolean force) {
        called("decide", xid, decision, force);
    }

    @Override
    public List<ServerStatus> servers() {
        called("servers");
        ServerStatus.Listener listener = new ServerStatus.Listener(
                "Listener.on", "orders", 4, 1, TIME, 100, 2, 1, "broken", TIME, false, false, true);
        return List.of(new ServerStatus(
                "srv1", "host1", 77, "WildFly 39", "1.0.0", TIME, TIME, true, false, 17, List.of(listener, listener)));
    }

    @Override
    public CheckReport check(String queue, Duration pause) {
        called("check", String.valueOf(queue), pause);
        Finding finding = new Finding(Finding.Kind.READY_TWICE, "orders", "a/b", "It is ready twice.", true);
        return new CheckReport(1, 2, List.of(finding), List.of());
    }

    @Override
    public RepairReport repair(List<Finding> findings) {
        called("repair", findings);
        return new RepairReport(findings, List.of());
    }

    @Override
    public List<AuditEntry> audit(String before, int limit) {
        called("audit", String.valueOf(before), limit);
        return List.of(
                new AuditEntry("1-0", TIME, "olga", "console", "pause", "orders", Map.of("duration", "PT1M"), null));
    }
}
