// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;

/** Says what went wrong with a call to Redis without repeating what was sent to it. */
public final class Failures {

    /** Where a text of Redisson's goes on with what was sent, or with advice. */
    private static final Pattern REST =
            Pattern.compile("(?i)[.,;]* *\\b((channel|command|params|node source|script): |after \\d+ of "
                    + "|is non-idempotent)|\\. +|! |\\R");

    private Failures() {}

    /** What was thrown in the first place, without what asynchronous calls wrap around it. */
    public static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * What was wrong in the first place, in one line. Redisson's texts go on with the command and its parameters, which
     * are messages of the user or passwords: only the first sentence is kept.
     */
    public static String describe(Throwable failure) {
        Throwable first = failure;
        while (first.getCause() != null && first.getCause() != first) {
            first = first.getCause();
        }
        return firstSentence(first);
    }

    private static String firstSentence(Throwable failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        return REST.split(message, 2)[0].strip();
    }
}
