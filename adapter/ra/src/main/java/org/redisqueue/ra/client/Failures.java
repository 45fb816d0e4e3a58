// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.client;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.redisqueue.spi.PrintableText;
import org.redisson.client.RedisConnectionException;
import org.redisson.client.RedisTimeoutException;

/** Says what went wrong with a call to Redis without repeating what was sent to it. */
public final class Failures {

    /** Where a text of Redisson's goes on with what was sent, or with advice. */
    private static final Pattern REST =
            Pattern.compile("(?i)[.,;]*(?: for)? *\\b((channel|command|params|node source|script): |after \\d+ of "
                    + "|is non-idempotent)|\\. +|! |\\R");

    /** A server, as {@code host/ip:port}. */
    private static final Pattern ADDRESS = Pattern.compile(
            "(?:\\bR:|node: |server: |refused: |timed out after \\d+ ms: )([A-Za-z0-9._-]*)/([^\\s/,]+):([0-9]{1,5})\\b");

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
     * What was wrong in the first place, in one printable line; with the address if Redis was not reached. Redisson's
     * texts go on with the command and its parameters, which are messages of the user or passwords: only the first
     * sentence is kept.
     */
    public static String describe(Throwable failure) {
        Throwable first = failure;
        boolean reached = true;
        String address = null;
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            first = cause;
            reached = reached && !isOfConnection(cause);
            address = address == null ? address(cause.getMessage()) : address;
        }
        String sentence = firstSentence(first);
        boolean told = reached || address == null || sentence.contains(address);
        return PrintableText.of(told ? sentence : sentence + " (" + address + ")");
    }

    private static Throwable next(Throwable failure) {
        return failure.getCause() == failure ? null : failure.getCause();
    }

    private static boolean isOfConnection(Throwable failure) {
        return failure instanceof IOException
                || failure instanceof RedisConnectionException
                || failure instanceof RedisTimeoutException;
    }

    /** Host and port of the server, as Netty and Redisson name it; null if the text does not. */
    private static String address(String text) {
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
        return REST.split(message, 2)[0].strip();
    }
}
