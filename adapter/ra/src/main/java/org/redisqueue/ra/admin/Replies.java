// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.protocol.HeartbeatOperations;

/** Waits for the replies of Redis, and translates failures. */
final class Replies {

    private Replies() {}

    static <T> T await(CompletableFuture<T> reply) {
        try {
            return reply.join();
        } catch (CompletionException e) {
            throw problem(Failures.unwrap(e));
        }
    }

    static QueueAdminException problem(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        if (HeartbeatOperations.isDenied(failure)) {
            return new QueueAdminException(Kind.FORBIDDEN, message, failure);
        }
        String remedy = remedy(message);
        return remedy == null
                ? new QueueAdminException(Kind.UNAVAILABLE, message, failure)
                : new QueueAdminException(Kind.CONFLICT, message + ". " + remedy, failure);
    }

    /** What to do about data that a script refuses; null if the failure has another cause. */
    private static @Nullable String remedy(String message) {
        if (message.contains("WRONGTYPE")) {
            return "A key of the queue has the wrong type. Check the queue, which names the key.";
        } else if (message.contains("RQMALFORMED")) {
            return "Correct or remove the field of the branch in the hash 'prepared'.";
        } else if (message.contains("RQPREPARED")) {
            return "Decide the branches, and try again.";
        } else if (message.contains("RQBOUND")) {
            return "Unbind another queue first, or use another topic.";
        }
        return null;
    }
}
