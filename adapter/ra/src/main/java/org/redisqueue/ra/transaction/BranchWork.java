// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.transaction;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.protocol.Lease;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.SendRequest;

/** The messages that a branch consumes and sends. Not thread-safe: {@link Branch} serializes the calls. */
final class BranchWork {

    private final QueueOperations operations;
    private final List<Consumption> consumed = new ArrayList<>();
    private final List<SendRequest> sent = new ArrayList<>();

    /** The ids of sent messages by queue and deduplication key, separated by a space. */
    private final Map<String, String> keys = new HashMap<>();

    BranchWork(QueueOperations operations) {
        this.operations = operations;
    }

    /**
     * Adds a message to acknowledge.
     *
     * @throws RedisQueueException if one transaction cannot consume from its queue and the others (RQ-111), if a sent
     *     message cannot roll the transaction back (RQ-142), or if a message with the same id is sent to the same queue
     *     (RQ-124)
     */
    void consume(Consumption consumption) {
        String queue = consumption.lease().queue();
        if (!consumed.isEmpty()) {
            OneTransaction.requireConsumable(operations, home(), queue);
        }
        for (SendRequest message : sent) {
            requireDifferentMessage(consumption.lease(), message);
            if (consumed.isEmpty()) {
                OneTransaction.requireSendable(operations, queue, message);
            }
        }
        consumed.add(consumption);
    }

    /**
     * Adds messages to send: all of them, or none if it throws an exception.
     *
     * @return the id of each message or, if messages have the same deduplication key, of the first of them
     * @throws RedisQueueException if a message cannot roll the transaction back (RQ-142), or if a message with the same
     *     id is consumed from the same queue (RQ-124)
     */
    List<String> send(List<SendRequest> messages) {
        for (SendRequest message : messages) {
            OneTransaction.requireSendable(
                    operations, isEmpty() ? messages.get(0).queue() : home(), message);
            for (Consumption consumption : consumed) {
                requireDifferentMessage(consumption.lease(), message);
            }
        }
        return messages.stream().map(this::add).toList();
    }

    private String add(SendRequest message) {
        sent.add(message); // Redis drops all but the first with a key whose id is not in use
        return message.queueAndKey()
                .map(key -> keys.putIfAbsent(key, message.id()))
                .orElse(message.id());
    }

    boolean isEmpty() {
        return consumed.isEmpty() && sent.isEmpty();
    }

    /** Returns the queue of the first consumed message or, if there is none, of the first sent message. */
    String home() {
        return consumed.isEmpty()
                ? sent.get(0).queue()
                : consumed.get(0).lease().queue();
    }

    /** Returns the leases of the messages to acknowledge. */
    List<Lease> leases() {
        return consumed.stream().map(Consumption::lease).toList();
    }

    /** Returns the messages to send. */
    List<SendRequest> sent() {
        return sent;
    }

    /** Notifies the consumers that the branch has committed. */
    void committed() {
        consumed.forEach(Consumption::committed);
    }

    /** Notifies the consumers that the branch has rolled back, or will not be known to commit. */
    void rolledBack() {
        consumed.forEach(Consumption::rolledBack);
    }

    /**
     * A commit deletes the messages that it consumes. It therefore cannot send one with the same id to the same queue.
     */
    private static void requireDifferentMessage(Lease lease, SendRequest message) {
        if (lease.id().equals(message.id()) && lease.queue().equals(message.queue())) {
            throw new RedisQueueException("RQ-124 Message '" + message.id() + "' of queue '" + message.queue()
                    + "' is consumed by this transaction, which cannot send a message with the same id to this"
                    + " queue. Use a different id.");
        }
    }
}
