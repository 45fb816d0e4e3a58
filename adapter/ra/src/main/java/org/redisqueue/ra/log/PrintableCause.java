// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.log;

import org.jspecify.annotations.Nullable;
import org.redisqueue.internal.PrintableText;

/** Replaces an exception in the log, so that its text and that of its causes cannot forge log lines. */
final class PrintableCause extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_DEPTH = 20;

    private PrintableCause(String text, @Nullable Throwable cause, StackTraceElement[] trace) {
        super(text, cause, false, true);
        setStackTrace(trace);
    }

    static @Nullable PrintableCause of(@Nullable Throwable original) {
        return of(original, 1);
    }

    private static @Nullable PrintableCause of(@Nullable Throwable original, int depth) {
        if (original == null || depth > MAX_DEPTH) {
            return null;
        }
        return new PrintableCause(
                PrintableText.of(original), of(original.getCause(), depth + 1), original.getStackTrace());
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // the message already names the class of the original
    public String toString() {
        return String.valueOf(getMessage());
    }
}
