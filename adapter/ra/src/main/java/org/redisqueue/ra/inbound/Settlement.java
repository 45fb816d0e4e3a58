// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.RedeliveryPolicy;

/**
 * What happens to a message after its delivery to a listener. This is the only place that decides it.
 *
 * @param delayMillis redelivery delay, in milliseconds
 * @param maxDeliveries number of failures after which Redis dead-letters the message instead of redelivering it
 * @param reason why the delivery failed, or what the listener threw although the transaction was committed; null if
 *     neither applies
 */
record Settlement(
        Action action,
        long delayMillis,
        int maxDeliveries,
        @Nullable String reason) {

    enum Action {
        /** Acknowledge the message: there was no transaction to do so. */
        ACKNOWLEDGE,
        /** Do nothing: the transaction has acknowledged the message. */
        ACKNOWLEDGED,
        /** Do nothing: the branch is prepared, and the transaction manager or recovery will end it. */
        IN_DOUBT,
        /** Redeliver the message, or dead-letter it if it has failed too often. */
        REDELIVER,
        /** Dead-letter the message, because no delivery of it can succeed. */
        DEAD_LETTER,
        /** Deliver each message of the batch on its own: the batch was rolled back, which does not count as a failure. */
        DELIVER_INDIVIDUALLY,
        /** Let the lease end: it is unknown whether the batch was acknowledged. */
        ABANDON,
        /** Release the message, as if it had not been delivered. */
        RELEASE,
        /** Release the message, and deliver no messages for a while: the container refuses to call the listener. */
        RELEASE_AND_REST
    }

    private static final Settlement ACKNOWLEDGE = new Settlement(Action.ACKNOWLEDGE);
    private static final Settlement ACKNOWLEDGED = new Settlement(Action.ACKNOWLEDGED);
    private static final Settlement IN_DOUBT = new Settlement(Action.IN_DOUBT);
    private static final Settlement DELIVER_INDIVIDUALLY = new Settlement(Action.DELIVER_INDIVIDUALLY);
    private static final Settlement ABANDON = new Settlement(Action.ABANDON);
    private static final Settlement RELEASE = new Settlement(Action.RELEASE);
    private static final Settlement RELEASE_AND_REST = new Settlement(Action.RELEASE_AND_REST);

    private Settlement(Action action) {
        this(action, 0, 0, null);
    }

    /** Returns why the delivery failed, if its message is redelivered or dead-lettered. */
    String failure() {
        return Objects.requireNonNull(reason, "A failure has a reason");
    }

    /** Dead-letters a message that can never be delivered. */
    static Settlement deadLetter(String reason) {
        return new Settlement(Action.DEAD_LETTER, 0, 0, reason);
    }

    /**
     * Decides what happens to a message.
     *
     * @param state the state in which the branch of the delivery was left; null if the delivery had no transaction
     * @param failureCounts whether a failure counts against the message; false if the application was gone by then
     */
    static Settlement of(
            ClaimedMessage message,
            Branch.@Nullable State state,
            CallResult result,
            RedeliveryPolicy policy,
            boolean failureCounts) {
        return switch (result.kind()) {
            case UNREADABLE -> deadLetter(result.reason());
            case REFUSED -> RELEASE_AND_REST;
            case CALLED -> {
                if (succeeded(state, result)) {
                    yield acknowledged(state, result);
                } else if (state == Branch.State.PREPARED) {
                    yield IN_DOUBT;
                }
                yield failureCounts ? redeliver(message, policy, result.reason()) : RELEASE;
            }
        };
    }

    /**
     * Decides what happens to the messages of a batch.
     *
     * @param state the state in which the branch of the delivery was left; null if the delivery had no transaction
     * @param continues whether further deliveries may follow; false if the application was gone by then
     */
    static Settlement ofBatch(Branch.@Nullable State state, CallResult result, boolean continues) {
        if (result.kind() == CallResult.Kind.REFUSED) {
            return RELEASE_AND_REST;
        } else if (result.kind() == CallResult.Kind.CALLED && succeeded(state, result)) {
            return acknowledged(state, result);
        } else if (state == Branch.State.PREPARED) {
            return IN_DOUBT;
        } else if (state != null && state != Branch.State.ROLLED_BACK) {
            return ABANDON;
        }
        return continues ? DELIVER_INDIVIDUALLY : RELEASE;
    }

    /**
     * Returns whether the delivery succeeded. If there is a transaction, it alone decides, even if the listener threw
     * an exception.
     */
    private static boolean succeeded(Branch.@Nullable State state, CallResult result) {
        return state == null ? !result.isFailure() : state == Branch.State.COMMITTED;
    }

    private static Settlement acknowledged(Branch.@Nullable State state, CallResult result) {
        if (state == null) {
            return ACKNOWLEDGE;
        }
        return result.thrown() == null ? ACKNOWLEDGED : new Settlement(Action.ACKNOWLEDGED, 0, 0, result.reason());
    }

    private static Settlement redeliver(ClaimedMessage message, RedeliveryPolicy policy, String reason) {
        long delayMillis = policy.delayAfter(message.failures());
        return new Settlement(Action.REDELIVER, delayMillis, policy.maxDeliveries(), reason);
    }
}
