// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Inspects and repairs the queues of one Redis.
 *
 * <p>Obtain an instance from the connection factory. Operations do not take part in transactions;
 * they take effect immediately. They block until Redis has answered, except for operations that return a {@link Job},
 * which runs in the background. Each change is recorded in the {@linkplain #audit audit} before it is made.
 *
 * <p>Instances are thread-safe. All methods throw {@link QueueAdminException} if an argument is invalid, if the object
 * does not exist, if the Redis user lacks a right, or if Redis cannot be reached.
 */
public interface QueueAdmin {

    /** The maximum number of messages in a {@linkplain #browse page}: 500. */
    int MAX_PAGE = 500;

    /** The maximum length of a body that {@link #message} returns, in bytes: 262,144. */
    int MAX_BODY = 262_144;

    /**
     * Returns the same operations on behalf of a caller, who is recorded in the audit.
     *
     * @param actor who makes the changes, such as the name of a principal; 1 to 200 characters
     * @param via how they are made, such as {@code console}; 1 to 50 characters
     * @return the operations
     */
    QueueAdmin as(String actor, String via);

    /**
     * Returns the known queues: those that adapters have consumed or sent to, except queues that have been empty for a
     * day.
     *
     * @return the queues by name
     */
    List<QueueStatus> queues();

    /**
     * Returns one queue, even if it is not known.
     *
     * @param name the name of the queue
     * @return its status
     */
    QueueStatus queue(String name);

    /**
     * Returns how many deliveries of a queue ended in each of the last minutes.
     *
     * @param name the name of the queue
     * @param minutes the number of minutes, 1 to 1,440
     * @return the history, including the current minute
     */
    QueueHistory history(String name, int minutes);

    /**
     * Lists messages in one place: ready messages in the order of delivery, claimed and waiting messages by due time,
     * dead letters with the latest first. While messages come and go, a page may repeat or omit messages.
     *
     * @param queue the name of the queue
     * @param place the place
     * @param cursor the cursor of the previous page; null for the first page
     * @param limit the maximum number of messages, 1 to {@value #MAX_PAGE}
     * @return a page
     */
    MessagePage browse(String queue, Place place, @Nullable String cursor, int limit);

    /**
     * Returns a message. Bodies longer than {@value #MAX_BODY} bytes are truncated.
     *
     * @param queue the name of the queue
     * @param id the id of the message
     * @return the message; empty if it does not exist
     */
    Optional<MessageDetails> message(String queue, String id);

    /**
     * Replaces the body of a dead letter. Its headers stay the same.
     *
     * @param queue the name of the queue
     * @param id the id of the message
     * @param body the new body
     * @param version the {@linkplain MessageDetails#version version} that the change is based on
     * @throws QueueAdminException with {@code CONFLICT} if the message has changed or is not a dead letter
     */
    void editBody(String queue, String id, String body, String version);

    /**
     * Deletes a message that is ready or a dead letter.
     *
     * @param queue the name of the queue
     * @param id the id of the message
     * @throws QueueAdminException with {@code CONFLICT} if a consumer or a transaction holds the message
     */
    void deleteMessage(String queue, String id);

    /**
     * Makes dead letters ready again. Their delivery counts start again at 0.
     *
     * @param queue the name of the queue
     * @param selection the dead letters; later ones than the start of the job are not affected
     * @return the job
     */
    Job requeueDeadLetters(String queue, MessageSelection selection);

    /**
     * Deletes dead letters.
     *
     * @param queue the name of the queue
     * @param selection the dead letters; later ones than the start of the job are not affected
     * @return the job
     */
    Job deleteDeadLetters(String queue, MessageSelection selection);

    /**
     * Moves messages to another queue, where they are ready. Messages whose id is in use there stay where they are.
     *
     * @param queue the name of the queue
     * @param place {@link Place#READY} or {@link Place#DEAD}
     * @param selection the messages; for ready messages, ids or all of them
     * @param target the name of the other queue; in a Redis Cluster, both must be in the same slot
     * @return the job
     */
    Job move(String queue, Place place, MessageSelection selection, String target);

    /**
     * Deletes the messages that are ready now.
     *
     * @param queue the name of the queue
     * @return the job
     */
    Job purge(String queue);

    /**
     * Deletes a queue with all of its messages.
     *
     * @param queue the name of the queue
     * @return the job
     * @throws QueueAdminException with {@code CONFLICT} if the queue has consumers or prepared branches
     */
    Job deleteQueue(String queue);

    /**
     * Returns the progress of a job. Jobs are kept for a day after their end.
     *
     * @param id the id of the job
     * @return the job; empty if it is unknown
     */
    Optional<Job> job(String id);

    /**
     * Stops consumers from claiming messages of a queue. Messages that are already claimed are still delivered.
     *
     * @param queue the name of the queue
     * @param duration how long, at least one second; null until the queue is resumed
     */
    void pause(String queue, @Nullable Duration duration);

    /**
     * Lets consumers claim messages of a queue again.
     *
     * @param queue the name of the queue
     */
    void resume(String queue);

    /**
     * Lists the prepared branches of all queues, the oldest first.
     *
     * @return the branches, including those of running transactions
     */
    List<InDoubtBranch> inDoubt();

    /**
     * Ends a prepared branch.
     *
     * @param xid the {@linkplain InDoubtBranch#xid branch}
     * @param decision the decision
     * @param force whether to end a branch that was prepared less than a minute ago, whose transaction may be running
     * @throws QueueAdminException with {@code CONFLICT} if the branch is too young and {@code force} is false
     */
    void decide(String xid, InDoubtBranch.Decision decision, boolean force);

    /**
     * Lists the servers that sent a heartbeat within the last day.
     *
     * @return the servers, those that are alive first
     */
    List<ServerStatus> servers();

    /**
     * Looks for damaged queues. Reports only what three passes have found, which are one lease apart. Blocks for the two
     * pauses between them and for the time to read all ids, some seconds for a million messages. Of a queue with more
     * than 100,000 ready or 10,000 claimed and waiting messages, those that may be damaged can be examined and repaired
     * only while the queue is paused.
     *
     * @param queue the name of a queue; null for all queues
     * @param pause the time between the passes: at least the longest lease of the consumers, 15 seconds by default
     * @return the findings
     */
    CheckReport check(@Nullable String queue, Duration pause);

    /**
     * Repairs the damages that can be repaired without a decision. Verifies each one again before it changes anything.
     *
     * @param findings what {@link #check} has found
     * @return the result
     */
    RepairReport repair(List<Finding> findings);

    /**
     * Lists the changes that operators have requested, the latest first. About 10,000 entries are kept.
     *
     * @param before the {@linkplain AuditEntry#id id} of the last entry of the previous page; null for the first page
     * @param limit the maximum number of entries, 1 to 1,000
     * @return the entries
     */
    List<AuditEntry> audit(@Nullable String before, int limit);
}
