// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import org.jspecify.annotations.Nullable;
import org.redisqueue.internal.PrintableText;

/**
 * The result of calling a listener. If there is a transaction, it determines what happens to the message.
 *
 * @param kind what happened to the call
 * @param thrown the exception that the listener threw, or that prevented the call; null if the listener returned
 * @param failure the failure of the container; null if there is none
 */
record CallResult(
        Kind kind, @Nullable Throwable thrown, @Nullable Throwable failure) {

    enum Kind {
        /** The message does not match the parameters of the listener. */
        UNREADABLE,
        /** The listener was not called, and nothing happened to the message. */
        REFUSED,
        /** The listener was called. */
        CALLED
    }

    static CallResult unreadable(Throwable reason) {
        return new CallResult(Kind.UNREADABLE, reason, null);
    }

    /** Returns the exception that made the delivery fail, without the wrappers of the container; null if there is none. */
    @Nullable
    Throwable cause() {
        Throwable failed = thrown == null ? failure : thrown;
        return failed == null ? null : ListenerFailure.cause(failed);
    }

    boolean isFailure() {
        return thrown != null || failure != null;
    }

    /** Returns the reason for the failure as printable text, for the log and the dead letter. */
    String reason() {
        if (thrown != null) {
            return kind == Kind.UNREADABLE ? PrintableText.of(thrown.getMessage()) : ListenerFailure.describe(thrown);
        } else if (failure != null) {
            return ListenerFailure.describe(failure);
        }
        return "The transaction was rolled back without an exception from the listener";
    }
}
