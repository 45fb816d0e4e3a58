// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * A message to send.
 *
 * @param queue the queue to send to
 * @param id the id of the message, 1 to 200 printable ASCII characters without a space
 * @param value the value to store under the id: the headers and the body
 * @param timeToLiveMillis time to live, 1 ms to 3,650 days; 0 = the message does not expire
 */
public record SendRequest(String queue, String id, byte[] value, long timeToLiveMillis) {

    /** The approximate number of bytes that Redis stores for these messages; 0 if there are none. */
    static long bytes(List<SendRequest> messages) {
        long bytes = 0;
        for (SendRequest message : messages) { // faster than a stream, which would dominate the cost of the request
            bytes += message.id().length() + message.value().length;
        }
        return bytes;
    }
}
