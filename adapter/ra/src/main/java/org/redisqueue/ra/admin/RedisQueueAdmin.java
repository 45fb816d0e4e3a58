// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.AuditEntry;
import org.redisqueue.admin.CheckReport;
import org.redisqueue.admin.Finding;
import org.redisqueue.admin.InDoubtBranch;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessageDetails;
import org.redisqueue.admin.MessagePage;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueHistory;
import org.redisqueue.admin.QueueStatus;
import org.redisqueue.admin.RepairReport;
import org.redisqueue.admin.ServerStatus;
import org.redisqueue.admin.TopicStatus;
import org.redisqueue.admin.UnbindReport;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.QueueSetting;

/** Implements {@link QueueAdmin}: checks arguments, records changes in the audit, and passes calls to its parts. */
public final class RedisQueueAdmin implements QueueAdmin {

    private final Parts parts;
    private final String actor;
    private final String via;

    RedisQueueAdmin(Parts parts, String actor, String via) {
        this.parts = parts;
        this.actor = actor;
        this.via = via;
    }

    /** Creates the operations on the queues of one Redis. Changes are recorded as those of an unknown caller. */
    public static QueueAdmin of(QueueOperations operations) {
        Servers servers = new Servers(operations);
        Queues queues = new Queues(operations, servers);
        InDoubtBranches branches = new InDoubtBranches(operations);
        Topics topics = new Topics(operations, queues, branches);
        Parts parts = new Parts(
                queues,
                new Settings(operations),
                topics,
                new Messages(operations, servers, branches),
                new Jobs(operations, queues, topics),
                branches,
                servers,
                new Consistency(operations, queues, new TopicCheck(topics, queues)),
                new AuditLog(operations));
        return new RedisQueueAdmin(parts, "unknown", "api");
    }

    /** The parts that carry out the operations. */
    record Parts(
            Queues queues,
            Settings settings,
            Topics topics,
            Messages messages,
            Jobs jobs,
            InDoubtBranches branches,
            Servers servers,
            Consistency consistency,
            AuditLog audit) {}

    @Override
    public QueueAdmin as(String actor, String via) {
        return new RedisQueueAdmin(parts, Arguments.text("actor", actor, 200), Arguments.text("via", via, 50));
    }

    @Override
    public List<QueueStatus> queues() {
        return parts.queues().all();
    }

    @Override
    public QueueStatus queue(String name) {
        return parts.queues().one(Arguments.queue(name));
    }

    @Override
    public QueueHistory history(String name, int minutes) {
        return parts.queues().history(Arguments.queue(name), Arguments.number("minutes", minutes, 1, 1440));
    }

    @Override
    public MessagePage browse(String queue, Place place, @Nullable String cursor, int limit) {
        return parts.messages()
                .browse(Arguments.queue(queue), place, cursor, Arguments.number("limit", limit, 1, MAX_PAGE));
    }

    @Override
    public Optional<MessageDetails> message(String queue, String id) {
        return parts.messages().message(Arguments.queue(queue), id);
    }

    @Override
    public void editBody(String queue, String id, String body, String version) {
        change("editBody", Arguments.queue(queue), Map.of("id", id), () -> {
            parts.messages().editBody(queue, id, body, version);
            return null;
        });
    }

    @Override
    public boolean cancelScheduled(String queue, String id) {
        return change(
                "cancelScheduled",
                Arguments.queue(queue),
                Map.of("id", id),
                () -> parts.messages().cancelScheduled(queue, id));
    }

    @Override
    public void deleteMessage(String queue, String id) {
        change("deleteMessage", Arguments.queue(queue), Map.of("id", id), () -> {
            parts.messages().delete(queue, id);
            return null;
        });
    }

    @Override
    public Job requeueDeadLetters(String queue, MessageSelection selection) {
        return change(
                "requeueDeadLetters",
                Arguments.queue(queue),
                AuditDetails.of(selection),
                () -> parts.jobs().requeue(queue, selection));
    }

    @Override
    public Job deleteDeadLetters(String queue, MessageSelection selection) {
        return change(
                "deleteDeadLetters",
                Arguments.queue(queue),
                AuditDetails.of(selection),
                () -> parts.jobs().deleteDeadLetters(queue, selection));
    }

    @Override
    public Job move(String queue, Place place, MessageSelection selection, String target) {
        Map<String, String> details = AuditDetails.of(selection);
        details.put("target", Arguments.queue(target));
        details.put("place", place.name().toLowerCase(Locale.ROOT));
        return change(
                "move", Arguments.queue(queue), details, () -> parts.jobs().move(queue, place, selection, target));
    }

    @Override
    public Job purge(String queue) {
        return change(
                "purge", Arguments.queue(queue), Map.of(), () -> parts.jobs().purge(queue));
    }

    @Override
    public Job deleteQueue(String queue) {
        return change(
                "deleteQueue",
                Arguments.queue(queue),
                Map.of(),
                () -> parts.jobs().deleteQueue(queue));
    }

    @Override
    public Optional<Job> job(String id) {
        return parts.jobs().job(id);
    }

    @Override
    public void pause(String queue, @Nullable Duration duration) {
        Map<String, String> details = duration == null ? Map.of() : Map.of("duration", duration.toString());
        change("pause", Arguments.queue(queue), details, () -> {
            parts.queues().pause(queue, duration);
            return null;
        });
    }

    @Override
    public void resume(String queue) {
        change("resume", Arguments.queue(queue), Map.of(), () -> {
            parts.queues().resume(queue);
            return null;
        });
    }

    @Override
    public Map<String, String> settings(String queue) {
        return parts.settings().all(Arguments.queue(queue));
    }

    @Override
    public void changeSetting(String queue, String name, @Nullable String value) {
        QueueSetting setting = Arguments.setting(name);
        Map<String, String> details =
                Map.of("setting", setting.property(), "value", value == null ? "" : Arguments.value(setting, value));
        change("changeSetting", Arguments.queue(queue), details, () -> {
            parts.settings().change(queue, setting, value == null ? "" : value);
            return null;
        });
    }

    @Override
    public List<TopicStatus> topics() {
        return parts.topics().all();
    }

    @Override
    public TopicStatus topic(String name) {
        return parts.topics().one(Arguments.topic(name));
    }

    @Override
    public boolean bind(String topic, String queue) {
        Map<String, String> details = Map.of("topic", Arguments.topic(topic));
        return change(
                "bind", Arguments.queue(queue), details, () -> parts.topics().bind(topic, queue));
    }

    @Override
    public UnbindReport unbind(String topic, String queue) {
        Map<String, String> details = Map.of("topic", Arguments.topic(topic));
        return change(
                "unbind", Arguments.queue(queue), details, () -> parts.topics().unbind(topic, queue));
    }

    @Override
    public List<InDoubtBranch> inDoubt() {
        return parts.branches().all();
    }

    @Override
    public void decide(String xid, InDoubtBranch.Decision decision, boolean force) {
        Map<String, String> details = Map.of(
                "xid", xid, "decision", decision.name().toLowerCase(Locale.ROOT), "force", String.valueOf(force));
        change("decide", null, details, () -> {
            parts.branches().decide(xid, decision, force);
            return null;
        });
    }

    @Override
    public List<ServerStatus> servers() {
        return parts.servers().all();
    }

    @Override
    public CheckReport check(@Nullable String queue, Duration pause) {
        return parts.consistency().check(queue == null ? null : Arguments.queue(queue), pause);
    }

    @Override
    public RepairReport repair(List<Finding> findings) {
        return change(
                "repair",
                null,
                AuditDetails.of(findings),
                () -> parts.consistency().repair(findings));
    }

    @Override
    public List<AuditEntry> audit(@Nullable String before, int limit) {
        return parts.audit().entries(before, Arguments.number("limit", limit, 1, 1000));
    }

    /** Records a change before it is made, and its failure if it fails. */
    private <T extends @Nullable Object> T change(
            String action, @Nullable String queue, Map<String, String> details, Supplier<T> operation) {
        parts.audit().append(actor, via, action, queue, details, null);
        try {
            return operation.get();
        } catch (RuntimeException e) {
            try {
                parts.audit().append(actor, via, action, queue, details, String.valueOf(e.getMessage()));
            } catch (RuntimeException unrecorded) {
                e.addSuppressed(unrecorded);
            }
            throw e;
        }
    }
}
