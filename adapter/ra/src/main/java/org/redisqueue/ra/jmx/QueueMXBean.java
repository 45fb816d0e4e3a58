// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.jmx;

import java.util.Date;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A queue that this process consumes or sends to. The figures apply to the queue on all servers. */
@Description("A queue that this process consumes or sends to, with its figures on all servers")
public interface QueueMXBean {

    @Description("Name of the queue")
    String getName();

    @Description("Redis deployment that contains the queue")
    String getRedis();

    @Description("When the figures were read, at most five seconds ago")
    Date getReadAt();

    @Description("Messages that wait for a consumer")
    long getReady();

    @Description("Messages that wait for their time")
    long getScheduled();

    @Description("Messages that wait for other messages of their group")
    long getWaiting();

    @Description("Messages that wait for their redelivery")
    long getRedelivering();

    @Description("Messages that consumers have claimed")
    long getDelivering();

    @Description("Messages that prepared transaction branches have consumed")
    long getInDoubt();

    @Description("Dead letters")
    long getDead();

    @Description("Age of the message that is delivered next, in seconds; null if unknown or if no message is ready")
    @Nullable
    Double getOldestReadySeconds();

    @Description("Whether the queue is paused")
    boolean isPaused();

    @Description("When the pause ends; null if the queue is not paused, or paused until it is resumed")
    @Nullable
    Date getPausedUntil();

    @Description("Listeners that consume the queue, on all servers")
    int getConsumers();

    @Description("Deliveries that were acknowledged in the last complete minute")
    long getDeliveredPerMinute();

    @Description("Deliveries that were rolled back or dead-lettered in the last complete minute")
    long getFailedPerMinute();

    @Description("Returns how many deliveries ended in each of the last minutes")
    HistoryData history(@Description("Number of minutes, 1 to 1440") int minutes);

    @Description("Lists messages in one place, without their bodies")
    MessagePageData browse(
            @Description("READY, SCHEDULED, WAITING, DELIVERING, REDELIVERING, IN_DOUBT or DEAD") String place,
            @Description("The value 'next' of the previous page; empty for the first page") @Nullable String cursor,
            @Description("Maximum number of messages, 1 to 500") int limit);

    @Description("Returns a message with its headers and the beginning of its body")
    MessageDetailsData message(@Description("Id of the message") String id);

    @Description(value = "Replaces the body of a dead letter", changes = true)
    void editBody(
            @Description("Id of the message") String id,
            @Description("The new body") String body,
            @Description("The value 'version' of the message that the change is based on") String version);

    @Description(value = "Removes a scheduled message; returns whether this call removed it", changes = true)
    boolean cancelScheduled(@Description("Id of the message") String id);

    @Description(value = "Deletes a message that is ready, scheduled or waiting, or a dead letter", changes = true)
    void deleteMessage(@Description("Id of the message") String id);

    @Description(value = "Stops consumers on all servers from claiming messages", changes = true)
    void pause(@Description("How long, in seconds; 0 until the queue is resumed") long seconds);

    @Description(value = "Lets consumers claim messages again", changes = true)
    void resume();

    @Description(
            "Returns the settings of the queue, which apply to all servers together: rateLimit, maxQueueConcurrency, onDeadLetter")
    Map<String, String> settings();

    @Description(
            value = "Changes or removes a setting of the queue, which applies to all servers together",
            changes = true)
    void changeSetting(
            @Description("rateLimit, maxQueueConcurrency or onDeadLetter") String setting,
            @Description(
                            "100/s, 6000/min or 1000/h; a number for maxQueueConcurrency; none; continue or block; empty to remove it")
                    @Nullable
                    String value);

    @Description(value = "Makes a dead letter ready again", changes = true)
    JobData requeue(@Description("Id of the message") String id);

    @Description(value = "Makes all dead letters ready again", changes = true)
    JobData requeueAll();

    @Description(value = "Makes the dead letters of one cause ready again", changes = true)
    JobData requeueByReason(@Description("A part of the reason, case-sensitive") String reasonContains);

    @Description(value = "Deletes all dead letters", changes = true)
    JobData deleteDeadLetters();

    @Description(value = "Deletes the dead letters of one cause", changes = true)
    JobData deleteDeadLettersByReason(@Description("A part of the reason, case-sensitive") String reasonContains);

    @Description(value = "Moves a message to another queue, where it is ready", changes = true)
    JobData move(
            @Description("READY or DEAD") String place,
            @Description("Id of the message") String id,
            @Description("Name of the other queue") String target);

    @Description(value = "Moves all messages in one place to another queue, where they are ready", changes = true)
    JobData moveAll(@Description("READY or DEAD") String place, @Description("Name of the other queue") String target);

    @Description(value = "Moves the dead letters of one cause to another queue, where they are ready", changes = true)
    JobData moveByReason(
            @Description("A part of the reason, case-sensitive") String reasonContains,
            @Description("Name of the other queue") String target);

    @Description(value = "Deletes the messages that are ready now", changes = true)
    JobData purge();

    @Description(value = "Deletes the queue with all of its messages, unless it has consumers", changes = true)
    JobData deleteQueue();

    @Description("Returns the progress of a job")
    JobData job(@Description("Id of the job") String id);

    @Description("Looks for damages in three passes. Blocks for the two pauses between them")
    CheckData check(@Description("Seconds between the passes: at least the longest lease, by default 15") long seconds);

    @Description(value = "Repairs what the last call of 'check' has found", changes = true)
    RepairData repair();
}
