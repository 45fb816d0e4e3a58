// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.internal.PrintableText;

/** Counts failed deliveries, and schedules the redelivery of the message or dead-letters it. */
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
