// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import org.redisqueue.spi.PrintableText;

/**
 * How a call of a listener ended. What became of the message is for its transaction to say, if it has one.
 *
 * @param kind what came of the call itself
 * @param thrown by the listener, or instead of calling it; null if it returned
 * @param failure of the container; null if there was none
 */
record Outcome(Kind kind, Throwable thrown, Throwable failure) {

    enum Kind {
        /** The message is not what the listener takes. */
        UNREADABLE,
        /** The listener was not called: nothing became of the message. */
        REFUSED,
        /** The listener was called. */
        CALLED
    }

    static Outcome unreadable(Throwable why) {
        return new Outcome(Kind.UNREADABLE, why, null);
    }

    boolean isFailure() {
        return thrown != null || failure != null;
    }

    /** The printable reason of the failure, for the log and the dead letter. */
    String reason() {
        if (kind == Kind.UNREADABLE) {
            return PrintableText.of(thrown.getMessage());
        } else if (thrown != null) {
            return ListenerFailure.describe(thrown);
        } else if (failure != null) {
            return ListenerFailure.describe(failure);
        }
        return "The transaction was rolled back without an exception of the listener";
    }
}
