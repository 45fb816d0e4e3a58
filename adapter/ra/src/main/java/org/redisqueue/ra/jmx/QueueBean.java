// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.time.Duration;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.Job;
import org.redisqueue.admin.MessageSelection;
import org.redisqueue.admin.Place;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.admin.QueueStatus;

/** Implements the management bean of a queue. */
final class QueueBean implements QueueMXBean {

    private final String name;
    private final String redis;
    private final QueueAdmin admin;
    private final Snapshot snapshot;
    private final Checks checks;

    QueueBean(String name, String redis, QueueAdmin admin, Snapshot snapshot) {
        this.name = name;
        this.redis = redis;
        this.admin = admin;
        this.snapshot = snapshot;
        this.checks = new Checks(admin, name);
    }

    private Snapshot.Queue queue() {
        return JdkFailures.call(() -> snapshot.queue(name));
    }

    private QueueStatus status() {
        return queue().status();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getRedis() {
        return redis;
    }

    @Override
    public Date getReadAt() {
        return Date.from(queue().readAt());
    }

    @Override
    public long getReady() {
        return status().ready();
    }

    @Override
    public long getScheduled() {
        return status().scheduled();
    }

    @Override
    public long getWaiting() {
        return status().waiting();
    }

    @Override
    public long getRedelivering() {
        return status().redelivering();
    }

    @Override
    public long getDelivering() {
        return status().delivering();
    }

    @Override
    public long getInDoubt() {
        return status().inDoubt();
    }

    @Override
    public long getDead() {
        return status().dead();
    }

    @Override
    public @Nullable Double getOldestReadySeconds() {
        return DataConverter.seconds(status().oldestReady());
    }

    @Override
    public boolean isPaused() {
        return status().paused();
    }

    @Override
    public @Nullable Date getPausedUntil() {
        return DataConverter.date(status().pausedUntil());
    }

    @Override
    public int getConsumers() {
        return status().consumers();
    }

    @Override
    public long getDeliveredPerMinute() {
        return status().deliveredPerMinute();
    }

    @Override
    public long getFailedPerMinute() {
        return status().failedPerMinute();
    }

    @Override
    public HistoryData history(int minutes) {
        return JdkFailures.call(() -> DataConverter.of(HistoryData.class, admin.history(name, minutes)));
    }

    @Override
    public MessagePageData browse(String place, @Nullable String cursor, int limit) {
        return JdkFailures.call(() -> DataConverter.of(
                MessagePageData.class,
                admin.browse(name, Arguments.constant(Place.class, place), Arguments.emptyToNull(cursor), limit)));
    }

    @Override
    public MessageDetailsData message(String id) {
        return JdkFailures.call(() -> DataConverter.of(
                MessageDetailsData.class, Arguments.found(admin.message(name, id), "The message does not exist.")));
    }

    @Override
    public void editBody(String id, String body, String version) {
        JdkFailures.run(() -> admin.editBody(name, id, body, version));
    }

    @Override
    public boolean cancelScheduled(String id) {
        return JdkFailures.call(() -> admin.cancelScheduled(name, id));
    }

    @Override
    public void deleteMessage(String id) {
        JdkFailures.run(() -> admin.deleteMessage(name, id));
    }

    @Override
    public void pause(long seconds) {
        JdkFailures.run(() -> admin.pause(name, seconds == 0 ? null : Duration.ofSeconds(seconds)));
    }

    @Override
    public void resume() {
        JdkFailures.run(() -> admin.resume(name));
    }

    @Override
    public Map<String, String> settings() {
        return JdkFailures.call(() -> admin.settings(name));
    }

    @Override
    public void changeSetting(String setting, @Nullable String value) {
        JdkFailures.run(() -> admin.changeSetting(name, setting, value == null || value.isEmpty() ? null : value));
    }

    @Override
    public JobData requeue(String id) {
        return job(() -> admin.requeueDeadLetters(name, MessageSelection.ids(List.of(id))));
    }

    @Override
    public JobData requeueAll() {
        return job(() -> admin.requeueDeadLetters(name, MessageSelection.all()));
    }

    @Override
    public JobData requeueByReason(String reasonContains) {
        return job(() -> admin.requeueDeadLetters(name, withReason(reasonContains)));
    }

    @Override
    public JobData deleteDeadLetters() {
        return job(() -> admin.deleteDeadLetters(name, MessageSelection.all()));
    }

    @Override
    public JobData deleteDeadLettersByReason(String reasonContains) {
        return job(() -> admin.deleteDeadLetters(name, withReason(reasonContains)));
    }

    @Override
    public JobData move(String place, String id, String target) {
        return job(() -> move(place, MessageSelection.ids(List.of(id)), target));
    }

    @Override
    public JobData moveAll(String place, String target) {
        return job(() -> move(place, MessageSelection.all(), target));
    }

    @Override
    public JobData moveByReason(String reasonContains, String target) {
        return job(() -> move(Place.DEAD.name(), withReason(reasonContains), target));
    }

    private Job move(String place, MessageSelection selection, String target) {
        return admin.move(name, Arguments.constant(Place.class, place), selection, target);
    }

    /** An empty text, which every reason contains, is rather a mistake than a request to change all messages. */
    private static MessageSelection withReason(String part) {
        if (part.isEmpty()) {
            throw new IllegalArgumentException("The part of the reason must not be empty.");
        }
        return MessageSelection.all().reasonContains(part);
    }

    @Override
    public JobData purge() {
        return job(() -> admin.purge(name));
    }

    @Override
    public JobData deleteQueue() {
        return job(() -> admin.deleteQueue(name));
    }

    @Override
    public JobData job(String id) {
        return job(() -> Arguments.found(admin.job(id), "The job does not exist."));
    }

    private static JobData job(Supplier<Job> operation) {
        return JdkFailures.call(() -> DataConverter.of(JobData.class, operation.get()));
    }

    @Override
    public CheckData check(long seconds) {
        return JdkFailures.call(() -> checks.check(seconds));
    }

    @Override
    public RepairData repair() {
        return JdkFailures.call(checks::repair);
    }
}
