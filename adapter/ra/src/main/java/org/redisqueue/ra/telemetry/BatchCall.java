// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

/** The telemetry of one delivery of a batch. */
public interface BatchCall extends ListenerCall {

    /** Reports nothing. */
    BatchCall NONE = new BatchCall() {};

    /** How the delivery of a batch ended. */
    enum Outcome {
        /** All messages are acknowledged, or about to be. */
        ACKNOWLEDGED("acknowledged"),
        /** The transaction manager or recovery will decide. */
        IN_DOUBT("in-doubt"),
        /** Nothing has happened to the messages, which are delivered individually or returned to the queue. */
        ROLLED_BACK("rolled-back"),
        /** It is unknown whether the messages are acknowledged, or the delivery failed unexpectedly. */
        ABANDONED("abandoned");

        private final String attribute;

        Outcome(String attribute) {
            this.attribute = attribute;
        }

        /** Returns the value of the attribute of the span. */
        String attribute() {
            return attribute;
        }
    }

    /**
     * Ends the span of the delivery. If this is not called, {@link #close} ends it as abandoned.
     *
     * @param reason why the delivery failed, if it did
     * @param nanos duration of the delivery, including its transaction
     */
    default void settled(Outcome outcome, String reason, long nanos) {}
}
