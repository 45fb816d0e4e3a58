// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.admin;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.redisqueue.admin.QueueAdminException;
import org.redisqueue.admin.QueueAdminException.Kind;
import org.redisqueue.ra.client.Failures;

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
        return new QueueAdminException(
                message.contains("NOPERM") ? Kind.FORBIDDEN : Kind.UNAVAILABLE, message, failure);
    }
}
