// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.redisqueue.ra.log.LogMessage;

/** Counts messages published to topics without bindings, and logs each topic once. */
public final class UnroutedMessages {

    /** Above this number, topics without bindings are logged again. */
    private static final int MAX_TOPICS = 10_000;

    private final Map<String, Boolean> reported = new ConcurrentHashMap<>();
    private final LongAdder count = new LongAdder();

    UnroutedMessages() {}

    /** Records that messages were published to a topic without bindings. Logs this once until the topic has bindings. */
    public void add(String topic, int messages) {
        count.add(messages);
        if (reported.size() >= MAX_TOPICS) {
            reported.clear();
        }
        if (reported.putIfAbsent(topic, true) == null) {
            LogMessage.NOT_ROUTED.log(topic);
        }
    }

    /** Records that messages were published to a topic that has bindings. */
    public void routed(String topic) {
        if (!reported.isEmpty()) {
            reported.remove(topic);
        }
    }

    /** Returns how many messages this process has published to topics without bindings. */
    public long count() {
        return count.sum();
    }
}
