// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import java.util.List;
import java.util.Map;

/** The telemetry of one send operation. It ends with {@link #sent} or {@link #failed}. */
public interface SendOperation {

    /** Reports nothing, and adds no headers. */
    SendOperation NONE = new SendOperation() {};

    /** Returns the headers that carry the context of the trace to the consumer. */
    default Map<String, String> headers() {
        return Map.of();
    }

    /** Each message is sent to this number of queues. Not called unless a topic is published to. */
    default void routed(int queues) {}

    /** The messages with these ids were sent, added to the transaction, or kept in place of the messages to send. */
    default void sent(List<String> ids) {}

    /** The operation has failed. */
    default void failed(Throwable failure) {}
}
