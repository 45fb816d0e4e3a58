// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The messages of several transactions, grouped by queue, as {@code acknowledge.lua} expects them. */
final class GroupedMessages {

    private static final class QueueGroup {
        private final int position;
        private final List<Lease> consumed = new ArrayList<>();
        private final List<SendRequest> sent = new ArrayList<>();

        private QueueGroup(int position) {
            this.position = position;
        }
    }

    private final List<AcknowledgmentRequest> transactions;
    private final Map<String, QueueGroup> queues = new LinkedHashMap<>();
    private int consumed;
    private int sent;

    GroupedMessages(List<AcknowledgmentRequest> transactions) {
        this.transactions = transactions;
        for (AcknowledgmentRequest transaction : transactions) {
            transaction
                    .consumed()
                    .forEach(lease -> groupFor(lease.queue()).consumed.add(lease));
            transaction.sent().forEach(message -> groupFor(message.queue()).sent.add(message));
            consumed += transaction.consumed().size();
            sent += transaction.sent().size();
        }
    }

    private QueueGroup groupFor(String queue) {
        return queues.computeIfAbsent(queue, name -> new QueueGroup(queues.size()));
    }

    /** Builds the keys and arguments of {@code acknowledge.lua}, except those of the lane, which come first. */
    ScriptArguments arguments(Keys keys) {
        ScriptArguments arguments = new ScriptArguments(
                5 * queues.size() + consumed + sent,
                4 + 4 * queues.size() + 2 * consumed + 4 * sent + 2 * transactions.size());
        addKeys(keys, arguments);
        arguments.add(queues.size()).add(transactions.size()).add(consumed).add(sent);
        for (QueueGroup queue : queues.values()) {
            arguments.add(queue.consumed.size()).add(queue.sent.size());
        }
        queues.values().forEach(queue -> queue.consumed.forEach(lease -> arguments.add(lease.member())));
        queues.values().forEach(queue -> queue.sent.forEach(message -> arguments.add(message.id())));
        queues.values().forEach(queue -> queue.sent.forEach(message -> arguments.add(message.timeToLiveAndOptions())));
        queues.values().forEach(queue -> queue.sent.forEach(message -> arguments.add(message.value())));
        if (!isOneMessagePerTransaction()) {
            addIndexes(arguments);
        }
        return arguments;
    }

    /** Whether each transaction consumed one message of the same queue, and sent none. */
    private boolean isOneMessagePerTransaction() {
        return queues.size() == 1
                && sent == 0
                && transactions.stream().allMatch(each -> each.consumed().size() == 1);
    }

    private void addIndexes(ScriptArguments arguments) {
        int[] consumedIndexes = new int[queues.size()];
        int[] sentIndexes = new int[queues.size()];
        int consumedBefore = 0;
        int sentBefore = 0;
        for (QueueGroup queue : queues.values()) {
            consumedIndexes[queue.position] = consumedBefore;
            sentIndexes[queue.position] = sentBefore;
            consumedBefore += queue.consumed.size();
            sentBefore += queue.sent.size();
        }
        // Same order as in the constructor, so that each counter yields the index of its message.
        for (AcknowledgmentRequest transaction : transactions) {
            arguments.add(transaction.consumed().size()).add(transaction.sent().size());
            for (Lease lease : transaction.consumed()) {
                arguments.add(++consumedIndexes[groupFor(lease.queue()).position]);
            }
            for (SendRequest message : transaction.sent()) {
                arguments.add(++sentIndexes[groupFor(message.queue()).position]);
            }
        }
    }

    private void addKeys(Keys keys, ScriptArguments arguments) {
        for (String queue : queues.keySet()) {
            arguments
                    .key(keys.processing(queue))
                    .key(keys.failures(queue))
                    .key(keys.abandoned(queue))
                    .key(keys.expiry(queue))
                    .key(keys.ready(queue));
        }
        queues.forEach((name, queue) -> queue.consumed.forEach(lease -> arguments.key(keys.message(name, lease.id()))));
        queues.forEach((name, queue) -> queue.sent.forEach(message -> arguments.key(keys.message(name, message.id()))));
    }
}
