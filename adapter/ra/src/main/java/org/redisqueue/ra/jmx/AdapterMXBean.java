// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import org.jspecify.annotations.Nullable;

/** A resource adapter: its figures, and the operations that do not concern a single queue. Emits all notifications. */
@Description("A resource adapter, with the operations that do not concern a single queue")
public interface AdapterMXBean {

    @Description("Version of the adapter")
    String getVersion();

    @Description("Product and version of the application server")
    String getApplicationServer();

    @Description("Id of this server in heartbeats and holders of messages")
    String getServer();

    @Description("When the adapter was started")
    Date getStarted();

    @Description("Redis deployment of the adapter, to which its operations apply")
    String getRedis();

    @Description("Queues that this process consumes or sends to, in the Redis deployment of the adapter")
    String[] getQueues();

    @Description("Number of listeners that the adapter delivers messages to")
    int getListeners();

    @Description("Notifications that were dropped because listeners to notifications were too slow")
    long getDroppedNotifications();

    @Description("Lists all known queues, also those of other servers")
    QueueData[] queues();

    @Description("Lists the topics with the queues that are bound to them")
    TopicData[] topics();

    @Description(
            value = "Binds a queue to a topic, whose messages it then gets; returns whether it was not bound before",
            changes = true)
    boolean bind(@Description("Name of the topic") String topic, @Description("Name of the queue") String queue);

    @Description(
            value = "Ends the binding of a queue to a topic. Blocks for two seconds; returns what remains",
            changes = true)
    UnbindData unbind(@Description("Name of the topic") String topic, @Description("Name of the queue") String queue);

    @Description("Lists the servers that sent a heartbeat within the last day")
    ServerData[] servers();

    @Description("Lists the prepared branches of all queues, the oldest first")
    BranchData[] inDoubt();

    @Description(value = "Ends a prepared branch", changes = true)
    void decide(
            @Description("The value 'xid' of the branch") String xid,
            @Description("COMMIT, ROLLBACK or FORGET") String decision,
            @Description("Whether to end a branch that is less than a minute old") boolean force);

    @Description("Returns the progress of a job")
    JobData job(@Description("Id of the job") String id);

    @Description("Looks for damages in all queues in three passes. Blocks for the two pauses between them")
    CheckData check(@Description("Seconds between the passes: at least the longest lease, by default 15") long seconds);

    @Description(value = "Repairs what the last call of 'check' has found", changes = true)
    RepairData repair();

    @Description("Lists the changes that operators have requested, the latest first")
    AuditEntryData[] audit(
            @Description("Id of the last entry of the previous page; empty for the first page") @Nullable String before,
            @Description("Maximum number of entries, 1 to 1000") int limit);
}
