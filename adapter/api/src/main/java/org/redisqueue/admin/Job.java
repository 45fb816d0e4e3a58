// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An operation on many messages. It runs in the background, in the process that started it, and ends with that process.
 *
 * @param id the id of the job; contains only characters that need no escaping in a URL path
 * @param queue the name of the queue
 * @param action what the job does
 * @param state the state of the job
 * @param done the number of messages that the job has considered so far
 * @param total the number of messages to consider, as counted when the job started
 * @param changed the number of messages that the job has changed so far
 * @param started when the job was started, according to the Redis clock
 * @param failure why the job failed; null unless it failed
 */
public record Job(
        String id,
        String queue,
        Action action,
        State state,
        long done,
        long total,
        long changed,
        Instant started,
        @Nullable String failure) {

    /** What a job does. */
    public enum Action {
        /** Makes dead letters ready again and resets their delivery counts. */
        REQUEUE,
        /** Deletes dead letters. */
        DELETE,
        /** Moves dead letters or ready messages to another queue. */
        MOVE,
        /** Deletes the messages that were ready when the job started. */
        PURGE,
        /** Deletes a queue with all of its messages. */
        DELETE_QUEUE
    }

    /** The state of a job. */
    public enum State {
        /** The job is running. */
        RUNNING,
        /** The job has ended successfully. */
        DONE,
        /** The job has failed. Messages that it had already changed remain changed. */
        FAILED,
        /** The job has made no progress for 30 seconds, probably because its process ended. Start the operation again. */
        INTERRUPTED
    }
}
