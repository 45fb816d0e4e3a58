// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.redisqueue.internal.QueueName;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.client.Replies;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisson.api.RBucket;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/**
 * Lets transactions send to several slots of a Redis Cluster. The script that commits a transaction uses only the slot of
 * its home queue. It puts messages for other slots into the {@link Outbox} of that queue, from which they are forwarded as
 * soon as the transaction has committed; if its process dies before, another one forwards them.
 */
final class Forwarding {

    /** How often a process looks for envelopes that others have left. */
    static final Duration INTERVAL = Duration.ofSeconds(5);

    /** Less than the interval, so that the process that has looked last can look again. */
    private static final Duration TURN = INTERVAL.minusSeconds(1);

    /** How long a process does not look for envelopes after Redis has not permitted it to claim any. */
    private static final long REFUSED_NANOS = Duration.ofMinutes(1).toNanos();

    /** How long a commit waits until the messages were sent. */
    private static final long MAX_WAIT_MILLIS = 1_000;

    private static final int CONCURRENT_OUTBOXES = 16;

    /** The reply to PTTL for a key that does not expire. */
    private static final long UNLIMITED = -1;

    /**
     * How long a destination remembers an envelope that no longer exists. Longer than a call may take that another process
     * has begun when it held the envelope: it may wait for ten seconds, and arrive two minutes later.
     */
    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private final RedisCalls calls;
    private final OnePhaseOperations onePhase;
    private final BranchOperations branches;
    private final Outbox.Calls forwarding;
    private final Map<String, Outbox> outboxes = new ConcurrentHashMap<>();
    private final SharedNames homes;
    private final Set<String> branchesWithEnvelopes = ConcurrentHashMap.newKeySet();
    private final RecurringProblem problem = new RecurringProblem(Duration.ofMinutes(1));
    private CompletableFuture<Void> scanning = CompletableFuture.completedFuture(null);
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile long refusedAt = System.nanoTime() - REFUSED_NANOS;

    Forwarding(
            RedisCalls calls,
            OnePhaseOperations onePhase,
            BranchOperations branches,
            LeaseOperations leases,
            RedeliveryOperations redeliveries,
            DeduplicationOperations deduplication) {
        this.calls = calls;
        this.onePhase = onePhase;
        this.branches = branches;
        this.homes = new SharedNames(calls, calls.keys().outboxes());
        OnePhaseOperations immediate = OnePhaseOperations.withoutGathering(calls);
        this.forwarding = new Outbox.Calls() {
            @Override
            public CompletableFuture<ClaimResult> claim(ClaimRequest request) {
                return leases.claimConfirmed(request);
            }

            @Override
            public CompletableFuture<AcknowledgmentResult> send(SendRequest message) {
                return immediate.acknowledge(List.of(), List.of(message));
            }

            @Override
            public CompletableFuture<AcknowledgmentResult> acknowledge(Lease envelope) {
                return immediate.acknowledge(List.of(envelope), List.of());
            }

            @Override
            public CompletableFuture<RedeliveryResult> deadLetter(Lease envelope, String reason) {
                return redeliveries.deadLetter(envelope, reason);
            }

            @Override
            public void forget(SendRequest message) {
                Forwarding.this.forget(message);
            }

            @Override
            public void refused() {
                refusals.incrementAndGet();
            }

            @Override
            public boolean isClosed() {
                return calls.isClosed();
            }

            @Override
            public void dropped() {
                deduplication.dropped(1);
            }
        };
    }

    /** {@link QueueOperations#send}. */
    CompletableFuture<List<SendRequest>> send(List<SendRequest> messages) {
        String home = messages.isEmpty() ? "" : messages.get(0).queue();
        return isWithin(home, messages)
                ? onePhase.send(messages)
                : acknowledge(List.of(), messages).thenApply(AcknowledgmentResult::duplicates);
    }

    /** {@link QueueOperations#acknowledge}. */
    CompletableFuture<AcknowledgmentResult> acknowledge(List<Lease> consumed, List<SendRequest> sent) {
        String home = consumed.isEmpty()
                ? sent.isEmpty() ? "" : sent.get(0).queue()
                : consumed.get(0).queue();
        if (isWithin(home, sent)) {
            return onePhase.acknowledge(consumed, sent);
        }
        try {
            return onePhase.acknowledge(consumed, sealed("acknowledge", home, sent))
                    .thenCompose(result -> result.done()
                            ? forwardAdded(home).thenApply(forwarded -> result)
                            : CompletableFuture.completedFuture(result));
        } catch (RedisCallException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** {@link QueueOperations#prepare}. */
    CompletableFuture<PreparationResult> prepare(
            String branch, String home, List<Lease> consumed, List<SendRequest> sent) {
        if (isWithin(home, sent)) {
            return branches.prepare(branch, home, consumed, sent);
        }
        try {
            List<SendRequest> sealed = sealed("prepare", home, sent);
            branchesWithEnvelopes.add(branch);
            return branches.prepare(branch, home, consumed, sealed).whenComplete((result, failure) -> {
                boolean prepared = failure == null
                        ? result.done()
                        : Failures.unwrap(failure) instanceof RedisCallException call && call.outcomeUnknown();
                if (!prepared) {
                    branchesWithEnvelopes.remove(branch);
                }
            });
        } catch (RedisCallException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** {@link QueueOperations#commit}. */
    CompletableFuture<BranchEndResult> commit(String branch, String home, boolean recovery) {
        CompletableFuture<BranchEndResult> commit = branches.commit(branch, home, recovery);
        if (!branchesWithEnvelopes.contains(branch)) {
            return commit; // after a recovery, the next scan finds its envelopes
        }
        return commit.thenCompose(result -> {
            branchesWithEnvelopes.remove(branch);
            return forwardAdded(home).thenApply(forwarded -> result);
        });
    }

    /** {@link QueueOperations#rollback}. */
    CompletableFuture<BranchEndResult> rollback(String branch, String home, boolean recovery, long leaseMillis) {
        return branches.rollback(branch, home, recovery, leaseMillis).thenApply(result -> {
            branchesWithEnvelopes.remove(branch);
            return result;
        });
    }

    private boolean isWithin(String home, List<SendRequest> sent) {
        if (!calls.isCluster()) {
            return true;
        }
        for (SendRequest message : sent) {
            if (!Keys.shareSlot(home, message.queue())) {
                return false;
            }
        }
        return true;
    }

    /**
     * Puts the messages for other slots into envelopes. Blocks to register the outbox when it is first used.
     *
     * @throws RedisCallException if the outbox could not be registered, so that the operation was not executed
     */
    private List<SendRequest> sealed(String operation, String home, List<SendRequest> sent) {
        Replies.await(homes.require(operation, home));
        return sent.stream()
                .map(message -> Keys.shareSlot(home, message.queue()) ? message : Envelope.seal(home, message))
                .toList();
    }

    /** Forwards what was added to an outbox. Completes after the first attempt, or when that takes too long; never fails. */
    private CompletableFuture<Void> forwardAdded(String home) {
        return bounded(outbox(home).forwardAdded());
    }

    private CompletableFuture<Void> bounded(CompletableFuture<Void> attempt) {
        return attempt.copy().completeOnTimeout(null, MAX_WAIT_MILLIS, TimeUnit.MILLISECONDS);
    }

    private Outbox outbox(String home) {
        return outboxes.computeIfAbsent(home, name -> new Outbox(name, forwarding));
    }

    private void forget(SendRequest message) {
        String envelope = message.options().forwarded();
        if (envelope != null) { // if this fails, the key expires later
            calls.call(
                    "forget",
                    redisson -> redisson.getBucket(
                                    calls.keys().forwarded(message.queue(), envelope), StringCodec.INSTANCE)
                            .expireAsync(REMEMBERED));
        }
    }

    /**
     * Forwards what other processes have left in outboxes, unless another process has looked for it within the interval.
     * Does not block.
     */
    synchronized CompletableFuture<Void> scan() {
        if (scanning.isDone()) {
            homes.renew();
            branches.renewHomes();
            scanning = System.nanoTime() - refusedAt < REFUSED_NANOS
                    ? CompletableFuture.completedFuture(null)
                    : scanInTurn().whenComplete((done, failure) -> {
                        if (failure != null) {
                            report(Failures.unwrap(failure));
                        }
                    });
        }
        return scanning;
    }

    private CompletableFuture<Void> scanInTurn() {
        return takeTurn().thenCompose(first -> first ? scanOutboxes() : CompletableFuture.completedFuture(null));
    }

    /**
     * Tries to take the turn to scan the outboxes. Takes over a turn that lasts longer than one can, because the clock of
     * Redis was set back.
     */
    private CompletableFuture<Boolean> takeTurn() {
        return calls.call("forward", redisson -> turnKey(redisson).setIfAbsentAsync("", TURN))
                .thenCompose(taken -> taken
                        ? CompletableFuture.completedFuture(true)
                        : isTurnTooLong()
                                .thenCompose(tooLong -> tooLong
                                        ? calls.call(
                                                        "forward",
                                                        redisson -> turnKey(redisson)
                                                                .setAsync("", TURN))
                                                .thenApply(set -> true)
                                        : CompletableFuture.completedFuture(false)));
    }

    /** Users who only send may not have the right to ask. */
    private CompletableFuture<Boolean> isTurnTooLong() {
        return calls.call("forward", redisson -> turnKey(redisson).remainTimeToLiveAsync())
                .handle((left, failure) -> failure == null && (left == UNLIMITED || left > TURN.toMillis()));
    }

    private RBucket<String> turnKey(RedissonClient redisson) {
        return redisson.getBucket(calls.keys().forwarder(), StringCodec.INSTANCE);
    }

    /** Reports that Redis refuses to look. If it is not available, others report that. */
    private void report(Throwable failure) {
        boolean refusal = failure instanceof RedisCallException call && !call.isTemporary() && !call.connectionLost();
        String reason = String.valueOf(failure.getMessage());
        if (refusal && problem.shouldReport(reason)) {
            LogMessage.OUTBOXES_UNREADABLE.log(reason);
        }
    }

    private CompletableFuture<Void> scanOutboxes() {
        refusals.set(0);
        return calls.run(Script.QUEUES, List.of(calls.keys().outboxes()), List.of())
                .thenCompose(names -> {
                    List<String> valid = Reply.texts(names).stream()
                            .filter(name -> name.matches(QueueName.PATTERN)) // others may be in other slots
                            .toList();
                    return forwardFrom(valid, 0).thenRun(() -> {
                        if (!valid.isEmpty() && refusals.get() >= valid.size()) {
                            refusedAt = System.nanoTime();
                        }
                    });
                });
    }

    private CompletableFuture<Void> forwardFrom(List<String> homes, int first) {
        if (first >= homes.size()) {
            return CompletableFuture.completedFuture(null);
        }
        int end = Math.min(homes.size(), first + CONCURRENT_OUTBOXES);
        Collection<CompletableFuture<Void>> some = homes.subList(first, end).stream()
                .map(home -> bounded(outbox(home).forward()))
                .toList();
        return CompletableFuture.allOf(some.toArray(CompletableFuture[]::new))
                .thenCompose(done -> forwardFrom(homes, end));
    }
}
