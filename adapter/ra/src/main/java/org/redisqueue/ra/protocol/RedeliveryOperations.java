// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.internal.PrintableText;

/** Counts failed deliveries, and redelivers the messages, dead-letters them, or takes the failures back. */
final class RedeliveryOperations {

    private final RedisCalls calls;
    private final Keys keys;
    private final GroupCommit<RedeliveryRequest, RedeliveryResult> redeliveries;

    RedeliveryOperations(RedisCalls calls) {
        this.calls = calls;
        this.keys = calls.keys();
        this.redeliveries = calls.withoutGathering(this::redeliver);
    }

    /** {@link QueueOperations#redeliver}. */
    CompletableFuture<RedeliveryResult> redeliver(Lease lease, long delayMillis, int maxDeliveries, String reason) {
        return ask(new RedeliveryRequest(lease, delayMillis, maxDeliveries, PrintableText.of(reason)));
    }

    /** {@link QueueOperations#deadLetter}. */
    CompletableFuture<RedeliveryResult> deadLetter(Lease lease, String reason) {
        return ask(RedeliveryRequest.deadLetter(lease, PrintableText.of(reason)));
    }

    /** {@link QueueOperations#takeBack}. */
    CompletableFuture<List<TakeBackRequest>> takeBack(List<TakeBackRequest> messages) {
        String queue = messages.get(0).queue();
        ScriptArguments arguments = new ScriptArguments()
                .key(keys.processing(queue))
                .key(keys.failures(queue))
                .key(keys.ready(queue))
                .add(messages.size());
        for (TakeBackRequest message : messages) {
            arguments
                    .add(message.id())
                    .add(message.token())
                    .add(message.counted())
                    .add(message.remaining());
        }
        return calls.inLane(
                queue,
                "take back",
                Script.TAKEBACK,
                arguments,
                0,
                report -> report.stream()
                        .map(entry ->
                                messages.get(Reply.integer(Reply.list(entry).get(0)) - 1))
                        .toList());
    }

    private CompletableFuture<RedeliveryResult> ask(RedeliveryRequest request) {
        return calls.ask(redeliveries, operation(List.of(request)), request);
    }

    /** Returns the name of the operation for messages. */
    private static String operation(List<RedeliveryRequest> messages) {
        return messages.stream().allMatch(RedeliveryRequest::isDeadLetter) ? "dead-letter" : "redeliver";
    }

    private CompletableFuture<List<RedeliveryResult>> redeliver(List<RedeliveryRequest> messages) {
        Map<String, Integer> queues = new LinkedHashMap<>();
        messages.forEach(message -> queues.putIfAbsent(message.home(), queues.size() + 1));
        ScriptArguments arguments = new ScriptArguments().add(queues.size()).add(messages.size());
        for (String queue : queues.keySet()) {
            arguments
                    .key(keys.processing(queue))
                    .key(keys.dead(queue))
                    .key(keys.failures(queue))
                    .key(keys.abandoned(queue))
                    .key(keys.errors(queue))
                    .key(keys.expiry(queue));
        }
        for (RedeliveryRequest message : messages) {
            Lease lease = message.lease();
            arguments
                    .key(keys.message(lease.queue(), lease.id()))
                    .add(Objects.requireNonNull(queues.get(lease.queue()), "every queue has a number"))
                    .lease(lease)
                    .add(message.delayMillis())
                    .add(message.maxDeliveries())
                    .add(message.reason());
        }
        return calls.inLane(
                operation(messages),
                Script.REDELIVER,
                messages,
                arguments,
                RedeliveryResult.WAITING,
                (message, entry) -> Reply.integer(entry.get(1)) < 0 ? RedeliveryResult.LOST : RedeliveryResult.DEAD);
    }
}
