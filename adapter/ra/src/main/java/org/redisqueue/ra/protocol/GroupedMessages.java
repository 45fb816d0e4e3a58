// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The messages of several transactions, grouped by queue as {@code acknowledge.lua} takes them. */
final class GroupedMessages {

    private static final class QueueMessages {
        private final List<Lease> consumed = new ArrayList<>();
        private final List<SendRequest> sent = new ArrayList<>();
        private int consumedBefore;
        private int sentBefore;
    }

    private final List<AcknowledgmentRequest> transactions;
    private final Map<String, QueueMessages> queues = new LinkedHashMap<>();
    private int consumed;
    private int sent;

    GroupedMessages(List<AcknowledgmentRequest> transactions) {
        this.transactions = transactions;
        for (AcknowledgmentRequest transaction : transactions) {
            transaction.consumed().forEach(lease -> of(lease.queue()).consumed.add(lease));
            transaction.sent().forEach(message -> of(message.queue()).sent.add(message));
        }
        for (QueueMessages queue : queues.values()) {
            queue.consumedBefore = consumed;
            queue.sentBefore = sent;
            consumed += queue.consumed.size();
            sent += queue.sent.size();
        }
    }

    private QueueMessages of(String queue) {
        return queues.computeIfAbsent(queue, name -> new QueueMessages());
    }

    /** The keys and the arguments that follow those of the lane. */
    ScriptArguments arguments(Keys keys) {
        ScriptArguments arguments = new ScriptArguments(
                5 * queues.size() + consumed + sent,
                4 + 4 * queues.size() + 2 * consumed + 4 * sent + 2 * transactions.size());
        addKeys(keys, arguments);
        arguments.add(queues.size()).add(transactions.size()).add(consumed).add(sent);
        for (QueueMessages queue : queues.values()) {
            arguments.add(queue.consumed.size()).add(queue.sent.size());
        }
        queues.values().forEach(queue -> queue.consumed.forEach(lease -> arguments.add(lease.member())));
        queues.values().forEach(queue -> queue.sent.forEach(message -> arguments.add(message.id())));
        queues.values().forEach(queue -> queue.sent.forEach(message -> arguments.add(message.timeToLiveMillis())));
        queues.values().forEach(queue -> queue.sent.forEach(message -> arguments.add(message.value())));
        for (AcknowledgmentRequest transaction : transactions) { // in the order in which they were grouped
            arguments.add(transaction.consumed().size()).add(transaction.sent().size());
            transaction.consumed().forEach(lease -> arguments.add(++of(lease.queue()).consumedBefore));
            transaction.sent().forEach(message -> arguments.add(++of(message.queue()).sentBefore));
        }
        return arguments;
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
