// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Completes transactions in one phase, including those that only send. */
final class OnePhaseOperations {

    private static final AcknowledgmentResult NOTHING_TO_REPORT = new AcknowledgmentResult(List.of(), List.of());

    private final RedisCalls calls;
    private final GroupCommit<AcknowledgmentRequest, AcknowledgmentResult> acknowledgments;

    OnePhaseOperations(RedisCalls calls) {
        this(calls, true);
    }

    private OnePhaseOperations(RedisCalls calls, boolean gathering) {
        this.calls = calls;
        this.acknowledgments =
                gathering ? calls.gathering(this::acknowledge) : calls.withoutGathering(this::acknowledge);
    }

    /** Operations that block only to connect, so that threads of the Redis client can call them. */
    static OnePhaseOperations withoutGathering(RedisCalls calls) {
        return new OnePhaseOperations(calls, false);
    }

    /** {@link QueueOperations#send}. */
    CompletableFuture<List<SendRequest>> send(List<SendRequest> messages) {
        return calls.ask(acknowledgments, "send", new AcknowledgmentRequest(List.of(), messages))
                .thenApply(AcknowledgmentResult::duplicates);
    }

    /** {@link QueueOperations#acknowledge}. */
    CompletableFuture<AcknowledgmentResult> acknowledge(List<Lease> consumed, List<SendRequest> sent) {
        AcknowledgmentRequest transaction = new AcknowledgmentRequest(consumed, sent);
        return transaction.isEmpty()
                ? CompletableFuture.completedFuture(NOTHING_TO_REPORT)
                : calls.ask(acknowledgments, "acknowledge", transaction);
    }

    private CompletableFuture<List<AcknowledgmentResult>> acknowledge(List<AcknowledgmentRequest> transactions) {
        Optional<String> queue = onlySendsTo(transactions);
        if (queue.isPresent()) {
            return send(queue.get(), transactions);
        }
        boolean onlySends = transactions.stream()
                .allMatch(transaction -> transaction.consumed().isEmpty());
        return calls.inLane(
                onlySends ? "send" : "acknowledge",
                Script.ACKNOWLEDGE,
                transactions,
                new GroupedMessages(transactions).arguments(calls.keys()),
                NOTHING_TO_REPORT,
                AcknowledgmentResult::of);
    }

    /** The queue to which these transactions only send plain messages; empty if they do anything else. */
    private static Optional<String> onlySendsTo(List<AcknowledgmentRequest> transactions) {
        String queue = transactions.get(0).home();
        boolean only = transactions.stream()
                .allMatch(transaction -> transaction.consumed().isEmpty()
                        && transaction.sent().stream()
                                .allMatch(message ->
                                        message.isPlain() && message.queue().equals(queue)));
        return only ? Optional.of(queue) : Optional.empty();
    }

    private CompletableFuture<List<AcknowledgmentResult>> send(String queue, List<AcknowledgmentRequest> transactions) {
        List<SendRequest> messages =
                transactions.stream().flatMap(each -> each.sent().stream()).toList();
        Keys keys = calls.keys();
        ScriptArguments arguments = new ScriptArguments(2 + messages.size(), 2 * messages.size());
        arguments.key(keys.ready(queue)).key(keys.expiry(queue));
        for (SendRequest message : messages) {
            arguments.key(keys.message(queue, message.id())).add(message.id());
        }
        messages.forEach(message -> arguments.add(message.value()));
        return calls.inLane(queue, "send", Script.SEND, arguments, SendRequest.bytes(messages), report -> {
            Set<Integer> duplicates = report.stream()
                    .map(entry -> Reply.integer(Reply.list(entry).get(0)) - 1)
                    .collect(Collectors.toSet());
            List<AcknowledgmentResult> results = new ArrayList<>();
            int first = 0;
            for (AcknowledgmentRequest transaction : transactions) {
                int from = first;
                results.add(new AcknowledgmentResult(
                        List.of(),
                        IntStream.range(0, transaction.sent().size())
                                .filter(i -> duplicates.contains(from + i))
                                .mapToObj(transaction.sent()::get)
                                .toList()));
                first += transaction.sent().size();
            }
            return results;
        });
    }
}
