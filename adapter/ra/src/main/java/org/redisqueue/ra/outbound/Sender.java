// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.outbound;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.RedisQueueException;
import org.redisqueue.ra.client.Replies;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.AcknowledgmentResult;
import org.redisqueue.ra.protocol.KeyConflict;
import org.redisqueue.ra.protocol.QueueOperations;
import org.redisqueue.ra.protocol.RedisCallException;
import org.redisqueue.ra.protocol.SendRequest;
import org.redisqueue.ra.transaction.Branch;
import org.redisqueue.ra.transaction.OneTransaction;

/** Sends messages whose deduplication keys do not belong to other messages. */
final class Sender {

    private final QueueOperations operations;

    Sender(QueueOperations operations) {
        this.operations = operations;
    }

    /**
     * Sends messages, except for those whose deduplication keys belong to other messages.
     *
     * @param branch publishes the messages when it commits; if empty, they are published immediately, all or none
     * @return the id of each message or of the message that has its key
     * @throws RedisCallException if Redis did not confirm the messages, or the keys could not be looked up
     * @throws RedisQueueException if the branch cannot accept a message, or if a prepared transaction reserves the key
     *     of a message that is to be published immediately (RQ-139)
     */
    List<String> send(List<SendRequest> messages, Optional<Branch> branch) {
        if (messages.isEmpty()) {
            return List.of();
        }
        boolean keyed =
                messages.stream().anyMatch(message -> message.queueAndKey().isPresent());
        Map<String, String> kept = new HashMap<>();
        if (branch.isPresent()) {
            if (keyed) {
                lookUp(messages, kept);
            }
            add(messages, branch.get(), kept);
        } else if (keyed) {
            publish(messages, kept);
        } else {
            report(Replies.await(operations.send(messages)));
        }
        return ids(messages, kept);
    }

    /** Adds the ids of the published messages that have the keys. */
    private void lookUp(List<SendRequest> messages, Map<String, String> kept) {
        Map<String, Set<String>> keys = new LinkedHashMap<>();
        for (SendRequest message : messages) {
            message.deduplicationKey()
                    .ifPresent(key -> keys.computeIfAbsent(message.queue(), queue -> new HashSet<>())
                            .add(key));
        }
        Map<String, CompletableFuture<Map<String, String>>> found = new LinkedHashMap<>();
        keys.forEach(
                (queue, ofQueue) -> found.put(queue, operations.deduplication().kept(queue, ofQueue)));
        found.forEach((queue, ofQueue) -> Replies.await(ofQueue).forEach((key, id) -> kept.put(queue + ' ' + key, id)));
    }

    /** Adds the messages whose keys are free to a branch. Adds the ids of those that have the keys. */
    private static void add(List<SendRequest> messages, Branch branch, Map<String, String> kept) {
        List<SendRequest> sending = without(kept.keySet(), messages);
        List<String> ids = branch.send(sending);
        for (int i = 0; i < ids.size(); i++) {
            String id = ids.get(i);
            sending.get(i).queueAndKey().ifPresent(key -> kept.put(key, id));
        }
    }

    /** Publishes messages, unless their keys are taken. Adds the ids of those that have the keys. */
    private void publish(List<SendRequest> messages, Map<String, String> kept) {
        String first = messages.get(0).queue();
        List<SendRequest> elsewhere = messages.stream()
                .filter(message -> !operations.canShareScript(first, message.queue()))
                .toList();
        elsewhere.forEach(message -> OneTransaction.requireSendable(operations, first, message));
        lookUp(elsewhere, kept); // the call does not report what becomes of messages that are forwarded
        List<SendRequest> sending = without(kept.keySet(), messages);
        while (!sending.isEmpty()) {
            AcknowledgmentResult result = Replies.await(operations.acknowledge(List.of(), sending));
            report(result.duplicates());
            for (KeyConflict dropped : result.dropped()) {
                dropped.kept().ifPresent(id -> kept.put(key(dropped), id));
            }
            if (result.done()) {
                return;
            }
            // Nothing was published. The messages that have the keys exist, so that the others can be sent without
            // these.
            Set<String> refused = new HashSet<>();
            for (KeyConflict conflict : result.refused()) {
                kept.put(key(conflict), holder(conflict));
                refused.add(key(conflict));
            }
            sending = without(refused, sending);
        }
    }

    /** Returns the messages other than those with these keys. */
    private static List<SendRequest> without(Set<String> keys, List<SendRequest> messages) {
        return messages.stream()
                .filter(message -> !message.queueAndKey().map(keys::contains).orElse(false))
                .toList();
    }

    private static String holder(KeyConflict conflict) {
        return conflict.kept()
                .orElseThrow(() -> new RedisQueueException("RQ-139 Message '"
                        + conflict.message().id() + "' was not sent: " + conflict.description() + "."));
    }

    private static String key(KeyConflict conflict) {
        return conflict.message().queueAndKey().orElseThrow();
    }

    private static void report(List<SendRequest> duplicates) {
        duplicates.forEach(duplicate -> LogMessage.DUPLICATE_SEND.log(duplicate.queue(), duplicate.id()));
    }

    /** Returns the ids of the messages. A message that was dropped is counted, and has the id of the message with its key. */
    private List<String> ids(List<SendRequest> messages, Map<String, String> kept) {
        List<String> ids = new ArrayList<>();
        for (SendRequest message : messages) {
            String id = message.queueAndKey().map(kept::get).orElse(message.id());
            if (!id.equals(message.id())) {
                operations.deduplication().dropped(1);
            }
            ids.add(id);
        }
        return ids;
    }
}
