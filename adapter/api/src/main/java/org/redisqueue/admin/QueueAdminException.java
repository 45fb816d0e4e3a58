// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import org.jspecify.annotations.Nullable;

/** Reports that an operation of {@link QueueAdmin} was refused or failed. */
public class QueueAdminException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The kind of problem. */
    private final Kind kind;

    /**
     * Creates an exception without a cause.
     *
     * @param kind the kind of problem
     * @param message what is wrong and what to do
     */
    public QueueAdminException(Kind kind, String message) {
        this(kind, message, null);
    }

    /**
     * Creates an exception with a cause.
     *
     * @param kind the kind of problem
     * @param message what is wrong and what to do
     * @param cause the cause; null if there is none
     */
    public QueueAdminException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** {@return the kind of problem} */
    public Kind kind() {
        return kind;
    }

    /** The kinds of problems. */
    public enum Kind {
        /** A parameter is invalid. */
        INVALID,
        /** The queue, message, branch or job does not exist. */
        NOT_FOUND,
        /** The operation is not possible in the current state, or the state has changed since the caller read it. */
        CONFLICT,
        /** The Redis user lacks a right. */
        FORBIDDEN,
        /** Redis cannot be reached, or did not answer. */
        UNAVAILABLE
    }
}
