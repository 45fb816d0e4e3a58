// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.List;
import java.util.Optional;

/**
 * A message to send.
 *
 * @param queue the queue to send to
 * @param id the id of the message, 1 to 200 printable ASCII characters without a space
 * @param value the value to store under the id: the headers and the body
 * @param timeToLiveMillis time to live, 1 ms to 3,650 days; 0 = the message does not expire
 * @param options its time of delivery, group, priority and deduplication key
 */
public record SendRequest(String queue, String id, byte[] value, long timeToLiveMillis, SendOptions options) {

    /** Creates a message without options. */
    public SendRequest(String queue, String id, byte[] value, long timeToLiveMillis) {
        this(queue, id, value, timeToLiveMillis, SendOptions.NONE);
    }

    /** Returns the same message for a different queue. */
    public SendRequest to(String other) {
        return new SendRequest(other, id, value, timeToLiveMillis, options);
    }

    /** The deduplication key; empty if there is none. */
    public Optional<String> deduplicationKey() {
        return Optional.ofNullable(options.deduplication()).map(Deduplication::key);
    }

    /** The queue and the deduplication key, separated by a space; empty if there is no key. */
    public Optional<String> queueAndKey() {
        return deduplicationKey().map(key -> queue + ' ' + key);
    }

    /** Whether its transaction rolls back if another message has its deduplication key. */
    public boolean rollsBack() {
        return options.deduplication() != null && options.deduplication().rollback();
    }

    /** Whether the message neither expires nor has options. */
    boolean isPlain() {
        return timeToLiveMillis == 0 && options.isEmpty();
    }

    /** The time to live, followed by the options if there are any, as an argument of a script. */
    Object timeToLiveAndOptions() {
        String json = options.json();
        return json.isEmpty() ? timeToLiveMillis : timeToLiveMillis + " " + json;
    }

    /** The approximate number of bytes that Redis stores for these messages; 0 if there are none. */
    static long bytes(List<SendRequest> messages) {
        long bytes = 0;
        for (SendRequest message : messages) { // faster than a stream, which would dominate the cost of the request
            bytes += message.id().length() + message.value().length;
        }
        return bytes;
    }
}
