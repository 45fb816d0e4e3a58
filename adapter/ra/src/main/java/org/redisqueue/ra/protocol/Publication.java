// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;

/**
 * A message to be sent.
 *
 * @param value what is stored under its id
 * @param timeToLiveMillis after which time it vanishes; 0 = never
 */
public record Publication(String queue, String id, byte[] value, long timeToLiveMillis) {

    /** About how many bytes Redis keeps of these; 0 if there are none. */
    static long bytes(List<Publication> messages) {
        long bytes = 0;
        for (Publication message : messages) { // a stream would take longer than the rest of a request does
            bytes += message.id().length() + message.value().length;
        }
        return bytes;
    }
}
