// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.redisqueue.internal.PrintableText;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisTimeoutException;

/** Describes why a call to Redis failed, without quoting what was sent. */
public final class Failures {

    /** Matches where a Redisson message starts to quote the call or to give advice. */
    private static final Pattern QUOTE_OR_ADVICE = Pattern.compile(
            "(?i)[.,;]*(?: for)? *\\b((channel|command|params|node source|script(?=: \\p{XDigit}{40})): |after \\d+ of "
                    + "|is non-idempotent)|\\. +|! |\\R");

    /** Matches the address of a server in the form {@code host/ip:port}. */
    private static final Pattern ADDRESS = Pattern.compile(
            "(?:\\bR:|node: |server: |refused: |timed out after \\d+ ms: )([A-Za-z0-9._-]*)/([^\\s/,]+):([0-9]{1,5})\\b");

    private Failures() {}

    /** Returns the original exception without the wrappers that asynchronous calls add. */
    public static Throwable unwrap(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /**
     * Describes the root cause in one printable line, and adds the server's address if Redis could not be reached.
     *
     * <p>Only the first sentence of the root cause is kept. The rest of a Redisson message quotes the command and its
     * parameters, which may be user messages or passwords.
     */
    public static String describe(Throwable failure) {
        Throwable first = failure;
        boolean reached = true;
        String address = null;
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            first = cause;
            reached = reached && !isConnectionFailure(cause);
            address = address == null ? address(cause.getMessage()) : address;
        }
        String sentence = firstSentence(first);
        boolean complete = reached || address == null || sentence.contains(address);
        return PrintableText.of(complete ? sentence : sentence + " (" + address + ")");
    }

    private static @Nullable Throwable next(Throwable failure) {
        return failure.getCause() == failure ? null : failure.getCause();
    }

    private static boolean isConnectionFailure(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof RedisConnectionException
                || failure instanceof RedisTimeoutException;
    }

    /** Returns the host and port of the server that Netty or Redisson names in the text; null if there is none. */
    private static @Nullable String address(@Nullable String text) {
        if (text == null) {
            return null;
        }
        Matcher found = ADDRESS.matcher(text.split("params: ", 2)[0]);
        if (!found.find()) {
            return null;
        }
        return (found.group(1).isEmpty() ? found.group(2) : found.group(1)) + ":" + found.group(3);
    }

    private static String firstSentence(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof ClosedChannelException) {
            return "Connection closed";
        } else if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        return QUOTE_OR_ADVICE.split(message, 2)[0].strip();
    }
}
