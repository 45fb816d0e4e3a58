// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An operation on many messages. It runs in the background, in the process that started it.
 *
 * @param id the id of the job; contains only characters that need no escaping in a URL path
 * @param queue the name of the queue
 * @param action what the job does
 * @param state the state of the job
 * @param done the number of messages that the job has considered
 * @param total the number of messages that the job considers
 * @param changed the number of messages that the job has changed
 * @param started when the job was started, by the clock of Redis
 * @param failure why the job failed; null if it has not failed
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
        /** Makes dead letters ready again, with their delivery counts reset. */
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
        /** The job has ended. */
        DONE,
        /** The job has ended with a failure. Messages that it had already changed remain changed. */
        FAILED,
        /** The process that ran the job has not reported progress for 30 seconds. Start the operation again. */
        INTERRUPTED
    }
}
