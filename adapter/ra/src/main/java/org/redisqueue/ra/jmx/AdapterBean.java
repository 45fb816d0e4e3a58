// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.time.Instant;
import java.util.Date;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.InDoubtBranch.Decision;
import org.redisqueue.admin.QueueAdmin;
import org.redisqueue.ra.statistics.ServerInfo;

/** Implements the management bean of an adapter. */
final class AdapterBean implements AdapterMXBean {

    private final ManagedRedis redis;
    private final Notifications notifications;
    private final Supplier<Integer> listeners;
    private final QueueAdmin admin;
    private final Checks checks;
    private final Instant started = Instant.now();
    private volatile @Nullable ServerInfo info;

    /** @param listeners the number of listeners */
    AdapterBean(ManagedRedis redis, Notifications notifications, Supplier<Integer> listeners) {
        this.redis = redis;
        this.notifications = notifications;
        this.listeners = listeners;
        this.admin = redis.admin();
        this.checks = new Checks(admin, null);
    }

    /** Describes this process when someone asks for it, because that may look up the name of the host. */
    private ServerInfo info() {
        ServerInfo known = info;
        if (known == null) {
            known = ServerInfo.of(started.toEpochMilli());
            info = known;
        }
        return known;
    }

    @Override
    public String getVersion() {
        return info().version();
    }

    @Override
    public String getApplicationServer() {
        return info().applicationServer();
    }

    @Override
    public String getServer() {
        return redis.server();
    }

    @Override
    public Date getStarted() {
        return Date.from(started);
    }

    @Override
    public String getRedis() {
        return redis.name();
    }

    @Override
    public String[] getQueues() {
        return redis.queues();
    }

    @Override
    public int getListeners() {
        return listeners.get();
    }

    @Override
    public long getDroppedNotifications() {
        return notifications.dropped();
    }

    @Override
    public QueueData[] queues() {
        return JdkFailures.call(() -> DataConverter.array(QueueData.class, admin.queues()));
    }

    @Override
    public TopicData[] topics() {
        return JdkFailures.call(() -> DataConverter.array(TopicData.class, admin.topics()));
    }

    @Override
    public boolean bind(String topic, String queue) {
        return JdkFailures.call(() -> admin.bind(topic, queue));
    }

    @Override
    public UnbindData unbind(String topic, String queue) {
        return JdkFailures.call(() -> DataConverter.of(UnbindData.class, admin.unbind(topic, queue)));
    }

    @Override
    public ServerData[] servers() {
        return JdkFailures.call(() -> DataConverter.array(ServerData.class, admin.servers()));
    }

    @Override
    public BranchData[] inDoubt() {
        return JdkFailures.call(() -> DataConverter.array(BranchData.class, admin.inDoubt()));
    }

    @Override
    public void decide(String xid, String decision, boolean force) {
        JdkFailures.run(() -> admin.decide(xid, Arguments.constant(Decision.class, decision), force));
    }

    @Override
    public JobData job(String id) {
        return JdkFailures.call(
                () -> DataConverter.of(JobData.class, Arguments.found(admin.job(id), "The job does not exist.")));
    }

    @Override
    public CheckData check(long seconds) {
        return JdkFailures.call(() -> checks.check(seconds));
    }

    @Override
    public RepairData repair() {
        return JdkFailures.call(checks::repair);
    }

    @Override
    public AuditEntryData[] audit(@Nullable String before, int limit) {
        return JdkFailures.call(
                () -> DataConverter.array(AuditEntryData.class, admin.audit(Arguments.emptyToNull(before), limit)));
    }
}
