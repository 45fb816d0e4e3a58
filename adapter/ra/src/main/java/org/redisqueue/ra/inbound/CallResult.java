// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import org.jspecify.annotations.Nullable;
import org.redisqueue.internal.PrintableText;

/**
 * The result of a call of a listener. If there is a transaction, the transaction determines what happens to the
 * message.
 *
 * @param kind what became of the call itself
 * @param thrown the exception thrown by the listener, or instead of calling it; null if the listener returned
 * @param failure the failure of the container; null for none
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

    static CallResult unreadable(Throwable why) {
        return new CallResult(Kind.UNREADABLE, why, null);
    }

    boolean isFailure() {
        return thrown != null || failure != null;
    }

    /** Returns the reason of the failure as printable text, for the log and the dead letter. */
    String reason() {
        if (thrown != null) {
            return kind == Kind.UNREADABLE ? PrintableText.of(thrown.getMessage()) : ListenerFailure.describe(thrown);
        } else if (failure != null) {
            return ListenerFailure.describe(failure);
        }
        return "The transaction was rolled back without an exception from the listener";
    }
}
