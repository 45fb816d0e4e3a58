// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.message;

/**
 * Replaces an exception whose message may quote the body of a queue message. It keeps the class name, the stack trace
 * and the causes of the exception, but no exception messages.
 */
final class BodilessCause extends RuntimeException {

    private static final long serialVersionUID = 1L;
    private static final int MAX_DEPTH = 20;

    private final String type;

    BodilessCause(Throwable original) {
        this(original, 1);
    }

    private BodilessCause(Throwable original, int depth) {
        super(
                null,
                original.getCause() == null || depth == MAX_DEPTH
                        ? null
                        : new BodilessCause(original.getCause(), depth + 1),
                false,
                true);
        type = original.getClass().getName();
        setStackTrace(original.getStackTrace());
    }

    @Override
    @SuppressWarnings("OverrideThrowableToString") // stands for the original, without its message
    public String toString() {
        return type;
    }
}
