// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.admin;

import java.util.List;

/**
 * A topic and the queues that are bound to it.
 *
 * @param name the name of the topic
 * @param queues the names of the queues that each published message is sent to, sorted. A name that a program outside of
 *     the adapter has written may be invalid; nothing is sent to it
 */
public record TopicStatus(String name, List<String> queues) {

    /**
     * Creates a status and copies the list.
     *
     * @param name see {@link #name()}
     * @param queues see {@link #queues()}
     */
    public TopicStatus {
        queues = List.copyOf(queues);
    }
}
