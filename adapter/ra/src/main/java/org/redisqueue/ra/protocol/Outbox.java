// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisqueue.ra.protocol.CommandRights.Denial;
import org.redisqueue.ra.protocol.MessageFormat.MalformedMessageException;

/**
 * The outbox of a queue: claims its envelopes, sends their messages, and acknowledges the envelopes.
 *
 * <p>A destination remembers the envelopes from which it got messages, so that a message that is sent again, perhaps by
 * another process, has no effect. An envelope whose message cannot be sent at present is claimed again when its lease
 * ends.
 */
final class Outbox {

    /** How long a process has to forward what it has claimed before another one may do so, in milliseconds. */
    static final int LEASE_MILLIS = 10_000;

    private static final int MAX_CLAIM = 100;
    private static final int MAX_IN_FLIGHT = 1_000;
    private static final long MAX_BYTES_IN_FLIGHT = 16_000_000;

    /** How many envelopes in flight to one destination stop the claims, because more might not be sent within their lease. */
    private static final int MAX_FOR_DESTINATION = 200;

    /** How long no message is sent to a destination that has not accepted one. */
    private static final long REST_NANOS = Duration.ofSeconds(5).toNanos();

    /** The time without a reply after which no further message is sent to a destination. */
    private static final long SLOW_NANOS = Duration.ofSeconds(2).toNanos();

    private static final int NEVER_DEAD_LETTERED = 1_000_000;
    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(1);

    /** The calls that forwarding makes. None of them blocks. */
    interface Calls {

        /** Claims envelopes. With confirmations, everything that was written before the claim must be confirmed. */
        CompletableFuture<ClaimResult> claim(ClaimRequest request);

        /** Sends the message of an envelope to its destination. */
        CompletableFuture<AcknowledgmentResult> send(SendRequest message);

        /** Acknowledges an envelope. */
        CompletableFuture<AcknowledgmentResult> acknowledge(Lease envelope);

        /** Dead-letters a malformed envelope. */
        CompletableFuture<RedeliveryResult> deadLetter(Lease envelope, String reason);

        /** Lets a destination soon forget an envelope, which no longer exists. */
        void forget(SendRequest message);

        /** Learns that Redis does not permit this process to claim envelopes. */
        void refused();

        /** Whether the adapter is stopping, so that calls fail. */
        boolean isClosed();

        /** Counts a message that was dropped because another one has its deduplication key. */
        void dropped();
    }

    private final String home;
    private final Calls calls;
    private final RecurringProblem problem = new RecurringProblem(REPORT_INTERVAL);

    /** The envelopes that this process is forwarding, by id. */
    private final Map<String, InFlight> inFlight = new ConcurrentHashMap<>();

    /** When a destination has last not accepted a message, as {@link System#nanoTime}. */
    private final Map<String, Long> refusals = new ConcurrentHashMap<>();

    private @Nullable CompletableFuture<Void> next;
    private boolean claiming;

    /** Whether this process has added envelopes since the last claim that succeeded. */
    private volatile boolean added;

    /** Whether the last claim was not made because too many envelopes are in flight. */
    private volatile boolean full;

    /** @param since when it was claimed, as {@link System#nanoTime} */
    private record InFlight(String destination, int bytes, long since) {

        boolean isSlow(long now) {
            return now - since > SLOW_NANOS;
        }
    }

    Outbox(String home, Calls calls) {
        this.home = home;
        this.calls = calls;
    }

    /** Forwards the envelopes that this process has just added, and others that are ready, like {@link #forward}. */
    CompletableFuture<Void> forwardAdded() {
        added = true;
        return forward();
    }

    /**
     * Forwards the envelopes that are ready. Does not block. Requests that arrive during a claim share the next one.
     *
     * @return completes when an attempt was made to send each of them, or if too many are in flight; never fails
     */
    CompletableFuture<Void> forward() {
        CompletableFuture<Void> requested;
        boolean begin;
        synchronized (this) {
            if (next == null) {
                next = new CompletableFuture<>();
            }
            requested = next;
            begin = !claiming;
            claiming = true;
        }
        if (begin) {
            claimRequested();
        }
        return requested;
    }

    private void claimRequested() {
        CompletableFuture<Void> requested;
        synchronized (this) {
            requested = next;
            next = null;
            claiming = requested != null;
        }
        if (requested != null) {
            claim(requested);
        }
    }

    private void claim(CompletableFuture<Void> requested) {
        boolean expected = added;
        added = false;
        full = true; // so that a message that lands meanwhile causes another claim
        List<InFlight> others = List.copyOf(inFlight.values());
        int limit = Math.min(MAX_CLAIM, MAX_IN_FLIGHT - others.size());
        long bytes =
                MAX_BYTES_IN_FLIGHT - others.stream().mapToLong(InFlight::bytes).sum();
        full = limit <= 0 || bytes <= 0 || hasBusyDestination(others, System.nanoTime());
        CompletableFuture<ClaimResult> claim;
        try {
            claim = full
                    ? CompletableFuture.completedFuture(null)
                    : calls.claim(new ClaimRequest(
                            OutboxName.of(home),
                            limit,
                            LEASE_MILLIS,
                            NEVER_DEAD_LETTERED,
                            Integer.MAX_VALUE,
                            bytes,
                            OnExpiry.DROP,
                            ClaimRequest.Wait.NEVER));
        } catch (RuntimeException | Error e) {
            claim = CompletableFuture.failedFuture(e);
        }
        claim.whenComplete((claimed, failure) -> {
            CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);
            try {
                if (failure != null) {
                    claimFailed(failure, expected);
                } else if (claimed != null) {
                    sent = sendAll(claimed, limit);
                } else if (expected) {
                    added = true;
                }
            } finally {
                sent.whenComplete((done, unsent) -> requested.complete(null));
                claimRequested();
            }
        });
    }

    /** @param expected whether there is something to forward */
    private void claimFailed(Throwable failure, boolean expected) {
        String message = String.valueOf(Failures.unwrap(failure).getMessage());
        boolean refused = Denial.of(message) != Denial.NONE;
        added = added || expected;
        if (expected || refused || message.contains("WRONGTYPE")) { // else there is probably nothing to forward
            report("The outbox is not available", failure);
        }
        if (refused) {
            calls.refused();
        }
    }

    private CompletableFuture<Void> sendAll(ClaimResult claimed, int limit) {
        claimed.deadLettered().forEach((id, reason) -> LogMessage.BAD_ENVELOPE.log(home, id, reason));
        List<CompletableFuture<Void>> sent = new ArrayList<>();
        for (ClaimedMessage envelope : claimed.messages()) {
            try {
                send(envelope).ifPresent(sent::add);
            } catch (MalformedMessageException e) {
                sent.add(discard(envelope.lease(), String.valueOf(e.getMessage())));
            }
        }
        boolean limited = claimed.paused() || claimed.limits().isReached();
        if (!limited && !sent.isEmpty() && claimed.isUnfinished(limit)) {
            sent.add(forward());
        }
        return CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new));
    }

    /** Sends the message of an envelope; empty if it must not be sent now. */
    private Optional<CompletableFuture<Void>> send(ClaimedMessage envelope) throws MalformedMessageException {
        Lease lease = envelope.lease();
        SendRequest message = Envelope.open(envelope);
        long now = System.nanoTime();
        boolean held = lease.isCertainAt(now); // else another process may have claimed it
        InFlight entry = new InFlight(message.queue(), envelope.value().length, now);
        if (!held || rests(message.queue(), now) || inFlight.putIfAbsent(lease.id(), entry) != null) {
            return Optional.empty();
        }
        CompletableFuture<AcknowledgmentResult> call;
        try {
            call = calls.send(message);
        } catch (RuntimeException | Error e) {
            call = CompletableFuture.failedFuture(e);
        }
        return Optional.of(call.handle((result, failure) -> {
            if (failure == null) {
                refusals.remove(message.queue());
                acknowledge(lease, message);
                reportUnsent(result);
            } else {
                refusals.put(message.queue(), System.nanoTime());
                landed(lease);
                report("Queue '" + message.queue() + "' does not accept them", failure);
            }
            return null;
        }));
    }

    /** Returns whether there are enough envelopes in flight to a destination that replies. A slow one does not stop others. */
    private static boolean hasBusyDestination(List<InFlight> envelopes, long now) {
        return envelopes.stream()
                .filter(each -> !each.isSlow(now))
                .collect(Collectors.groupingBy(InFlight::destination, Collectors.counting()))
                .values()
                .stream()
                .anyMatch(count -> count >= MAX_FOR_DESTINATION);
    }

    /** Returns whether no message is sent to a destination, because it has refused one or is slow to reply. */
    private boolean rests(String destination, long now) {
        Long refusal = refusals.get(destination);
        return refusal != null && now - refusal < REST_NANOS
                || inFlight.values().stream()
                        .anyMatch(each -> each.destination.equals(destination) && each.isSlow(now));
    }

    /** Ends the forwarding of an envelope. If there was no room for others, goes on with them. */
    private void landed(Lease envelope) {
        inFlight.remove(envelope.id());
        if (full) {
            forward();
        }
    }

    private CompletableFuture<Void> discard(Lease envelope, String reason) {
        LogMessage.BAD_ENVELOPE.log(home, envelope.id(), reason);
        return calls.deadLetter(envelope, reason).handle((result, failure) -> null);
    }

    private void reportUnsent(AcknowledgmentResult result) {
        result.duplicates().forEach(each -> LogMessage.DUPLICATE_SEND.log(each.queue(), each.id()));
        result.dropped().forEach(each -> {
            LogMessage.DEDUPLICATED.log(
                    each.message().queue(), each.message().id(), each.kept().orElse(""));
            calls.dropped();
        });
    }

    /** Acknowledges an envelope. If that fails, the envelope is claimed again, and its message is not sent again. */
    private void acknowledge(Lease envelope, SendRequest message) {
        CompletableFuture<AcknowledgmentResult> call;
        try {
            call = calls.acknowledge(envelope);
        } catch (RuntimeException | Error e) {
            call = CompletableFuture.failedFuture(e);
        }
        call.whenComplete((result, failure) -> {
            landed(envelope);
            if (failure == null && result.done()) {
                calls.forget(message);
            }
            if (message.options().group() != null) {
                forward(); // the next envelope of the group can be claimed now
            }
        });
    }

    private void report(String what, Throwable failure) {
        String reason = what + ": " + Failures.unwrap(failure).getMessage();
        if (!calls.isClosed() && problem.shouldReport(reason)) {
            LogMessage.NOT_FORWARDED.log(home, reason);
        }
    }
}
