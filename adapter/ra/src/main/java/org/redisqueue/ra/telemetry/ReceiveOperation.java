// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.telemetry;

import org.redisqueue.RedisMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;

/** The telemetry of one receive operation. An operation that returns no message is not reported. */
public interface ReceiveOperation {

    /** Reports nothing. */
    ReceiveOperation NONE = new ReceiveOperation() {};

    /** A message was claimed that is about to be returned. */
    default void received(ClaimedMessage message, RedisMessage content) {}

    /** The operation has failed. */
    default void failed(Throwable failure) {}
}
