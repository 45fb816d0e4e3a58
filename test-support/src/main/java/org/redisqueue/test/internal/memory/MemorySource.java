// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.test.internal.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.redisqueue.admin.Place;
import org.redisqueue.test.internal.state.QueueSource;
import org.redisqueue.test.internal.state.QueuedMessage;

/**
 * The content of one queue in memory.
 *
 * @param name the name of the queue
 */
public record MemorySource(QueueStore store, String name) implements QueueSource {

    @Override
    public Map<Place, Long> counts() {
        return store.placeCounts(name);
    }

    @Override
    public List<QueuedMessage> messages() {
        return store.list(name);
    }

    @Override
    public List<String> hints() {
        List<String> hints = new ArrayList<>();
        long uncommitted = store.uncommitted(name);
        if (uncommitted > 0) {
            hints.add("Messages to it in transactions that have not committed: " + uncommitted + ".");
        }
        int rolledBack = store.rolledBack(name);
        if (rolledBack > 0) {
            hints.add("Messages to it whose transactions were rolled back: " + rolledBack + ".");
        }
        Set<String> duplicates = store.duplicates(name);
        if (!duplicates.isEmpty()) {
            hints.add("Ids of messages that were not sent to it because the id was in use: "
                    + duplicates.stream().sorted().collect(Collectors.joining(", ")) + ".");
        }
        List<String> others =
                store.names().stream().filter(other -> !other.equals(name)).toList();
        if (store.placeCounts(name).isEmpty() && !others.isEmpty()) {
            hints.add("Queues that have messages: " + String.join(", ", others) + ".");
        }
        return hints;
    }
}
