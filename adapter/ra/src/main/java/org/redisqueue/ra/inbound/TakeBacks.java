// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.inbound;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.protocol.ClaimedMessage;
import org.redisqueue.ra.protocol.TakeBackRequest;

/** Takes back failures that were counted during an outage. Does not block and does not throw. */
final class TakeBacks {

    private static final String OPERATION = "take back";
    private static final int MAX_MESSAGES = 1_000;
    private static final int MAX_NAMED = 3;

    private final ConsumerContext context;
    private final InFlight inFlight;
    private final Releases releases;

    TakeBacks(ConsumerContext context, InFlight inFlight, Releases releases) {
        this.context = context;
        this.inFlight = inFlight;
        this.releases = releases;
    }

    /** Takes back failures of messages that wait for their redelivery. */
    void waiting(List<TakeBackRequest> requests) {
        try {
            takeBack(requests);
        } catch (RuntimeException | Error e) { // memory is exhausted: the failures count
            context.failures().report(e);
        }
    }

    private void takeBack(List<TakeBackRequest> requests) {
        for (int from = 0; from < requests.size(); from += MAX_MESSAGES) {
            List<TakeBackRequest> part = requests.subList(from, Math.min(requests.size(), from + MAX_MESSAGES));
            call(part, (leftAlone, failure) -> {
                if (failure != null) {
                    String ids = part.stream()
                            .limit(MAX_NAMED)
                            .map(TakeBackRequest::id)
                            .collect(Collectors.joining("', '"));
                    LogMessage.NOT_CONFIRMED.log(context.queue(), OPERATION, ids, Failures.describe(failure));
                }
            });
        }
    }

    /**
     * Ends a delivery that has failed, without counting it.
     *
     * @param remaining number of failures that the message has then
     */
    void failed(Failure failed, int remaining) {
        ClaimedMessage message = failed.message();
        try {
            call(List.of(TakeBackRequest.ofHeld(message, remaining)), (leftAlone, failure) -> {
                context.leases().drop(message.lease());
                if (failure != null) {
                    context.observer().unconfirmed(message, failed.nanos(), OPERATION, failure);
                } else if (leftAlone.isEmpty()) {
                    context.observer().uncounted(message, failed.nanos(), failed.reason());
                } else {
                    context.observer().abandoned(message, failed.nanos());
                }
            });
        } catch (RuntimeException | Error e) { // memory is exhausted
            releases.abandon(message, e);
        }
    }

    /** Ends the leases on messages that no listener has seen. */
    void unseen(List<ClaimedMessage> messages, List<TakeBackRequest> requests) {
        if (messages.isEmpty()) {
            return;
        }
        try {
            call(requests, (leftAlone, failure) -> {
                messages.forEach(message -> context.leases().drop(message.lease()));
                if (failure == null) {
                    context.observer().released(messages);
                } else {
                    messages.forEach(message -> context.observer().abandoned(message, 0));
                }
            });
        } catch (RuntimeException | Error e) { // memory is exhausted
            releases.abandon(messages, e);
        }
    }

    private void call(List<TakeBackRequest> requests, BiConsumer<List<TakeBackRequest>, Throwable> ended) {
        CompletableFuture<List<TakeBackRequest>> call;
        try {
            call = context.calls().takeBack(requests);
        } catch (RuntimeException | Error e) {
            call = CompletableFuture.failedFuture(e);
        }
        inFlight.follow(call);
        call.whenComplete(ended);
    }
}
