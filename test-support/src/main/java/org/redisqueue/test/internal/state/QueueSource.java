// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.state;

import java.util.List;
import java.util.Map;
import org.redisqueue.admin.Place;

/** Reads the current content of one queue. */
public interface QueueSource {

    /** {@return the name of the queue} */
    String name();

    /** {@return the number of messages in each place that has any} */
    Map<Place, Long> counts();

    /** {@return the messages, by place; within a place in the order of delivery, or the most recent dead letter first} */
    List<QueuedMessage> messages();

    /** {@return sentences that may explain why a message is missing} */
    List<String> hints();
}
