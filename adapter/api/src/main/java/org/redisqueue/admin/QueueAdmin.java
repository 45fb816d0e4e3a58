// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Inspects and repairs the queues in one Redis deployment.
 *
 * <p>Obtain an instance from {@link org.redisqueue.RedisQueueConnectionFactory#admin()}. Operations do not take part in
 * transactions; they take effect immediately. A method returns when Redis has answered. Methods that return a {@link Job}
 * only start it; the job runs in the background. Each change is recorded in the {@linkplain #audit audit} before it is
 * made.
 *
 * <p>Instances are thread-safe. All methods throw {@link QueueAdminException} if an argument is invalid, if the queue,
 * message, branch or job does not exist, if the Redis user lacks a right, or if Redis cannot be reached.
 */
public interface QueueAdmin {

    /** The maximum number of messages on a {@linkplain #browse page}: 500. */
    int MAX_PAGE = 500;

    /** The maximum length of a body that {@link #message} returns, in bytes: 262,144. */
    int MAX_BODY = 262_144;

    /**
     * Returns the same operations on behalf of a caller. The audit names the caller.
     *
     * @param actor who requests changes, such as the name of a principal; 1 to 200 characters
     * @param via the front end, such as {@code console}; 1 to 50 characters
     * @return the operations
     */
    QueueAdmin as(String actor, String via);

    /**
     * Returns the known queues: those that adapters have consumed or sent to, except those that have been empty for a
     * day. In a cluster, also returns the outboxes that are not empty.
     *
     * @return the queues, sorted by name
     */
    List<QueueStatus> queues();

    /**
     * Returns the status of one queue. A queue that is not known is empty.
     *
     * @param name the name of the queue
     * @return its status
     */
    QueueStatus queue(String name);

    /**
     * Returns the number of deliveries of a queue that ended in each of the last minutes.
     *
     * @param name the name of the queue
     * @param minutes the number of minutes, 1 to 1,440
     * @return the history, up to and including the current minute
     */
    QueueHistory history(String name, int minutes);

    /**
     * Lists the messages in one place: ready messages in the order of delivery; scheduled and claimed messages and those
     * that wait for redelivery by due time; those that wait for others of their groups by group, in sequence; and dead
     * letters with the most recent first. If messages arrive or leave between two calls, a page may repeat or omit
     * messages.
     *
     * @param queue the name of the queue
     * @param place the place
     * @param cursor the cursor of the previous page; null for the first page
     * @param limit the maximum number of messages, 1 to {@value #MAX_PAGE}
     * @return the page
     */
    MessagePage browse(String queue, Place place, @Nullable String cursor, int limit);

    /**
     * Returns a message. Bodies longer than {@value #MAX_BODY} bytes are truncated.
     *
     * @param queue the name of the queue
     * @param id the id of the message
     * @return the message, or empty if it does not exist
     */
    Optional<MessageDetails> message(String queue, String id);

    /**
     * Replaces the body of a dead letter. The headers remain unchanged.
     *
     * @param queue the name of the queue
     * @param id the id of the message
     * @param body the new body, at most {@value #MAX_BODY} bytes in UTF-8
     * @param version the {@linkplain MessageDetails#version version} of the message that the caller has read
     * @throws QueueAdminException with {@code CONFLICT} if the message has changed since then, or is not a dead letter;
     *     with {@code INVALID} if the new body is too long
     */
    void editBody(String queue, String id, String body, String version);

    /**
     * Cancels a scheduled message: removes it unless it is ready already.
     *
     * @param queue the name of the queue
     * @param id the id of the message
     * @return whether this call removed the message; false if no message with this id is scheduled
     */
    boolean cancelScheduled(String queue, String id);

    /**
     * Deletes a ready, scheduled or waiting message or a dead letter.
     *
     * @param queue the name of the queue
     * @param id the id of the message
     * @throws QueueAdminException with {@code CONFLICT} if the message is claimed, waits for redelivery, or is in doubt
     */
    void deleteMessage(String queue, String id);

    /**
     * Makes dead letters ready again and resets their delivery counts to 0.
     *
     * @param queue the name of the queue
     * @param selection the dead letters; those that arrive after the start of the job are not affected
     * @return the job
     */
    Job requeueDeadLetters(String queue, MessageSelection selection);

    /**
     * Deletes dead letters.
     *
     * @param queue the name of the queue
     * @param selection the dead letters; those that arrive after the start of the job are not affected
     * @return the job
     */
    Job deleteDeadLetters(String queue, MessageSelection selection);

    /**
     * Moves messages to another queue, where they become ready. A message whose id is already in use there, a ready message
     * that has expired, and a dead letter without a message are not moved. A ready message expires at the same time as before.
     * If all ready messages are selected, as many are moved as are ready now, like those that {@link #purge} deletes.
     *
     * @param queue the name of the queue
     * @param place {@link Place#READY} or {@link Place#DEAD}
     * @param selection the messages; ready messages can be selected only by id, or all of them
     * @param target the name of the other queue. In a Redis Cluster, messages cannot be moved
     * @return the job
     */
    Job move(String queue, Place place, MessageSelection selection, String target);

    /**
     * Deletes as many messages as are ready now: first those with a priority, then the others in the order of delivery. If
     * consumers claim some of these meanwhile, as many later messages without a priority are deleted instead.
     * {@linkplain #pause Pause} the queue first to delete only what is ready now.
     * Messages that wait for others of their groups count as ready, and are deleted first. Scheduled messages stay.
     *
     * @param queue the name of the queue
     * @return the job
     */
    Job purge(String queue);

    /**
     * Deletes a queue with all of its messages, and ends its bindings to topics. Pauses the queue. Waits some minutes for messages that a consumer without
     * heartbeats holds. If the job fails, the queue stays paused.
     *
     * @param queue the name of the queue
     * @return the job
     * @throws QueueAdminException with {@code CONFLICT} if the queue has consumers or prepared branches; with
     *     {@code UNAVAILABLE} or {@code FORBIDDEN} if its consumers are unknown, because the heartbeats cannot be read
     */
    Job deleteQueue(String queue);

    /**
     * Returns the progress of a job. A job is known for one day after its end.
     *
     * @param id the id of the job
     * @return the job, or empty if it is unknown
     */
    Optional<Job> job(String id);

    /**
     * Pauses a queue: consumers claim no more messages. Messages that are already claimed are still delivered.
     *
     * @param queue the name of the queue
     * @param duration the length of the pause, 1 second to 365 days; null to pause until the queue is resumed
     */
    void pause(String queue, @Nullable Duration duration);

    /**
     * Resumes a paused queue: consumers claim its messages again.
     *
     * @param queue the name of the queue
     */
    void resume(String queue);

    /**
     * Returns the settings of a queue, which apply to all servers together: {@code rateLimit},
     * {@code maxQueueConcurrency} and {@code onDeadLetter}.
     *
     * @param queue the name of the queue
     * @return the values of the settings that are set, by name. A value is invalid if another program has written an invalid
     *     one
     */
    Map<String, String> settings(String queue);

    /**
     * Changes a setting of a queue. Consumers apply it within a second. It takes precedence over the value that a listener
     * declares. After its removal, the next listener that declares a value and connects sets it again; the value
     * {@code none} of a limit prevents that.
     *
     * <p>After a change of {@code onDeadLetter} from {@code block}, the groups that wait for their dead letters continue
     * before this method returns.
     *
     * @param queue the name of the queue
     * @param name {@code rateLimit}, {@code maxQueueConcurrency} or {@code onDeadLetter}
     * @param value the new value. For {@code rateLimit}, {@code none} or 1 to 1,000,000 messages per {@code s}, {@code min}
     *     or {@code h}, such as {@code 100/s}; for {@code maxQueueConcurrency}, {@code none} or 1 to 1,000; for
     *     {@code onDeadLetter}, {@code continue} or {@code block}. Null removes the setting
     * @throws QueueAdminException with {@code INVALID} if there is no such setting, or if the value is not valid
     */
    void changeSetting(String queue, String name, @Nullable String value);

    /**
     * Lists the topics that queues are bound to.
     *
     * @return the topics, sorted by name; in a Redis Cluster, also topics to which queues were bound
     */
    List<TopicStatus> topics();

    /**
     * Returns the queues that are bound to a topic.
     *
     * @param name the name of the topic
     * @return the topic; without queues if none is bound to it
     */
    TopicStatus topic(String name);

    /**
     * Binds a queue to a topic. Within one second, all servers send each message that is published to the topic to the
     * queue.
     *
     * @param topic the name of the topic
     * @param queue the name of the queue, which need not exist yet
     * @return whether the queue was not bound before
     * @throws QueueAdminException with {@code CONFLICT} if 1,000 queues are bound to the topic or, in a Redis Cluster,
     *     another queue is; with {@code INVALID} if a name is invalid
     */
    boolean bind(String topic, String queue);

    /**
     * Ends the binding of a queue to a topic. Blocks for two seconds, after which no server uses the binding to publish
     * messages. Messages that are in the queue stay there, and transactions that published messages before can still send
     * them to the queue when they commit.
     *
     * <p>A running listener that names the topic binds the queue again within a minute. Remove the topic from its
     * configuration first.
     *
     * @param topic the name of the topic
     * @param queue the name of the queue
     * @return what remains
     */
    UnbindReport unbind(String topic, String queue);

    /**
     * Lists the prepared branches of all queues, oldest first.
     *
     * @return the branches, including those of running transactions
     */
    List<InDoubtBranch> inDoubt();

    /**
     * Ends a prepared branch in place of its transaction manager.
     *
     * @param xid the {@linkplain InDoubtBranch#xid branch}
     * @param decision the decision
     * @param force whether to end the branch even if it was prepared less than a minute ago and its transaction may be
     *     running
     * @throws QueueAdminException with {@code CONFLICT} if the branch was prepared less than a minute ago and {@code force} is
     *     false
     */
    void decide(String xid, InDoubtBranch.Decision decision, boolean force);

    /**
     * Lists the servers that have sent a heartbeat within the last day.
     *
     * @return the servers, with those that are alive first
     */
    List<ServerStatus> servers();

    /**
     * Looks for damage in queues. A message in motion can look damaged for a moment; the check therefore makes three passes
     * and reports only what all of them find. It blocks for the two pauses between the passes, and for the time to read all
     * ids: some seconds for a million messages.
     *
     * <p>In a queue with more than 20,000 ready messages, or more than 2,000 messages that are claimed, wait for
     * redelivery or are in doubt, only wrong types, malformed entries, malformed counters and prepared branches are
     * checked, because the search for the places of a message would block Redis for too long.
     *
     * @param queue the name of a queue; null for all queues
     * @param pause the time between two passes: at least the longest lease of the consumers, which is 15 seconds by
     *     default
     * @return the report
     */
    CheckReport check(@Nullable String queue, Duration pause);

    /**
     * Repairs the findings that require no decision. Verifies each finding again before it changes anything.
     *
     * @param findings the findings of {@link #check}
     * @return the report
     */
    RepairReport repair(List<Finding> findings);

    /**
     * Lists the changes that operators have requested, most recent first. About 10,000 entries are kept.
     *
     * @param before the {@linkplain AuditEntry#id id} of the last entry of the previous page; null for the first page
     * @param limit the maximum number of entries, 1 to 1,000
     * @return the entries
     */
    List<AuditEntry> audit(@Nullable String before, int limit);
}
