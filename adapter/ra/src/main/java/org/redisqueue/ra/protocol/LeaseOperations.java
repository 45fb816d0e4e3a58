// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.redisson.api.RScript.ReturnType;

/** Obtains, renews and returns the leases on messages. */
final class LeaseOperations {

    private static final long MIN_CLAIM_MILLIS = 300;

    private final RedisCalls calls;
    private final Keys keys;
    private final LeaseShifts shifts;
    private final String server = LeaseToken.newServer();
    private final AtomicInteger listeners = new AtomicInteger();
    private final Set<Leases> holders = Collections.newSetFromMap(new WeakHashMap<>());

    LeaseOperations(RedisCalls calls, LeaseShifts shifts) {
        this.calls = calls;
        this.keys = calls.keys();
        this.shifts = shifts;
    }

    /** {@link QueueOperations#add}. */
    void add(Leases holder) {
        synchronized (holders) {
            holders.add(holder);
        }
    }

    /** {@link QueueOperations#server}. */
    String server() {
        return server;
    }

    /** {@link QueueOperations#newListener}. */
    ClaimingListener newListener(String name) {
        return new ClaimingListener(listeners.incrementAndGet(), name);
    }

    /** {@link QueueOperations#claim(ClaimRequest, ClaimingListener)}. */
    CompletableFuture<ClaimResult> claim(ClaimRequest request, ClaimingListener listener) {
        List<Leases> all;
        synchronized (holders) {
            all = List.copyOf(holders);
        }
        CompletableFuture<?>[] renewals = all.stream()
                .map(holder -> holder.renewEnding(request.queue()))
                .flatMap(Optional::stream)
                .toArray(CompletableFuture<?>[]::new);
        if (renewals.length == 0) {
            return claimRenewed(request, listener);
        }
        return CompletableFuture.allOf(renewals).thenCompose(renewed -> claimRenewed(request, listener));
    }

    /** Claims, or first shifts the leases of the queue and begins again. */
    private CompletableFuture<ClaimResult> claimRenewed(ClaimRequest request, ClaimingListener listener) {
        OptionalLong now = calls.clock(request.queue()).latest(); // before the check: it may have jumped until then
        return shifts.arePossible(request.queue())
                ? shifts.prepareClaim(request.queue(), request.leaseMillis())
                        .thenCompose(done -> claim(request, listener))
                : take(request, listener, now);
    }

    /**
     * Claims messages that may be used only if no failover can undo that they were published: if calls in lanes must be
     * {@linkplain Confirmation confirmed}, so must the claim be, and with it everything that was written before.
     */
    CompletableFuture<ClaimResult> claimConfirmed(ClaimRequest request) {
        CompletableFuture<ClaimResult> claim = claim(request, ClaimingListener.NONE);
        return calls.confirmation().isRequired() ? claim.thenCompose(claimed -> confirmed(request, claimed)) : claim;
    }

    /** Renews the leases, for a moment longer than they last, so that there is a write to confirm. */
    CompletableFuture<ClaimResult> confirmed(ClaimRequest request, ClaimResult claimed) {
        if (claimed.messages().isEmpty()) {
            return CompletableFuture.completedFuture(claimed);
        }
        List<Object> arguments = new ArrayList<>();
        arguments.add(request.leaseMillis() + 1);
        claimed.messages().forEach(message -> arguments.add(message.lease().member()));
        return calls.runConfirmed(Script.RENEW, ReturnType.LIST, List.of(keys.processing(request.queue())), arguments)
                .thenApply(reply -> {
                    Set<String> lost = Set.copyOf(Reply.texts(Reply.list(reply)));
                    return claimed.withMessages(claimed.messages().stream()
                            .filter(message -> !lost.contains(message.lease().member()))
                            .toList());
                });
    }

    /** @param now the latest possible time in Redis, in milliseconds; empty if it was never known */
    private CompletableFuture<ClaimResult> take(ClaimRequest request, ClaimingListener listener, OptionalLong now) {
        String queue = request.queue();
        long sent = System.nanoTime();
        long certainUntil = sent + Duration.ofMillis(request.leaseMillis()).toNanos();
        RedisClock clock = calls.clock(queue);
        long claimed = now.orElseGet(System::currentTimeMillis);
        String token = new LeaseToken(server, listener.number(), claimed).unique();
        long deadline = now.isEmpty() ? 0 : now.getAsLong() + claimMillis(request.leaseMillis());
        List<Object> names = List.of(
                keys.ready(queue),
                keys.processing(queue),
                keys.dead(queue),
                keys.failures(queue),
                keys.abandoned(queue),
                keys.errors(queue),
                keys.paused(queue),
                keys.expiry(queue),
                keys.arrived(queue));
        List<Object> arguments = List.of(
                request.limit(),
                token,
                request.leaseMillis(),
                keys.messagePrefix(queue),
                request.maxAbandoned(),
                request.maxBytes(),
                request.maxTotalBytes(),
                request.onExpiry(),
                deadline,
                request.waiting().argument());
        CompletableFuture<List<Object>> call = calls.run(Script.CLAIM, names, arguments);
        return call.whenComplete((reply, failure) -> {
                    if (failure != null) {
                        clock.distrust();
                    } else {
                        clock.reported((Long) reply.get(7), TimeUnit.MILLISECONDS, sent);
                    }
                })
                .thenApply(reply -> claimed(queue, token, listener, certainUntil, reply));
    }

    private static ClaimResult claimed(
            String queue, String token, ClaimingListener listener, long certainUntil, List<Object> reply) {
        List<ClaimedMessage> messages = new ArrayList<>();
        List<Object> found = Reply.list(reply.get(2));
        for (int i = 0; i < found.size(); i += 4) {
            Lease lease = new Lease(queue, Reply.text(found.get(i)), token, listener, certainUntil);
            messages.add(new ClaimedMessage(
                    lease, (byte[]) found.get(i + 1), Reply.count(found.get(i + 2)), Reply.count(found.get(i + 3))));
        }
        Map<String, String> deadLettered = new LinkedHashMap<>();
        List<Object> given = Reply.list(reply.get(4));
        for (int i = 0; i < given.size(); i += 2) {
            deadLettered.put(Reply.text(given.get(i)), Reply.text(given.get(i + 1)));
        }
        long due = (Long) reply.get(1);
        return new ClaimResult(
                Reply.integer(reply.get(0)) == 1,
                due < 0 ? OptionalLong.empty() : OptionalLong.of(due),
                messages,
                Reply.texts(Reply.list(reply.get(3))),
                deadLettered,
                Reply.integer(reply.get(5)),
                Reply.integer(reply.get(6)) == 1,
                Reply.integer(reply.get(8)) == 1,
                reply.size() > 9 ? limits(reply) : ClaimLimits.NONE);
    }

    private static ClaimLimits limits(List<Object> reply) {
        Map<String, String> invalid = new LinkedHashMap<>();
        List<Object> found = Reply.list(reply.get(11));
        for (int i = 0; i < found.size(); i += 2) {
            invalid.put(Reply.text(found.get(i)), Reply.text(found.get(i + 1)));
        }
        return new ClaimLimits(true, (Long) reply.get(9), Reply.integer(reply.get(10)) == 1, invalid);
    }

    /**
     * How long after its start a claim may be executed: no longer than its reply is awaited, and no longer than the
     * leases of this process are certain to last. A claim that reaches Redis later, for example because Redis was
     * stalled, claims nothing.
     */
    private long claimMillis(long leaseMillis) {
        long max = Math.min(calls.responseMillis(), leaseMillis / Leases.RENEWALS);
        return Math.max(MIN_CLAIM_MILLIS, max);
    }

    /** {@link QueueOperations#renew}. */
    CompletableFuture<List<Lease>> renew(String queue, Collection<Lease> leases, long leaseMillis) {
        List<Lease> requested = List.copyOf(leases);
        long certainUntil = System.nanoTime() + Duration.ofMillis(leaseMillis).toNanos();
        List<Object> arguments = new ArrayList<>();
        arguments.add(leaseMillis);
        requested.forEach(lease -> arguments.add(lease.member()));
        return calls.run(Script.RENEW, List.of(keys.processing(queue)), arguments)
                .thenApply(reply -> {
                    List<Lease> lost = Reply.named(requested, reply);
                    for (Lease lease : requested) {
                        if (!lost.contains(lease)) {
                            lease.renewed(certainUntil);
                        }
                    }
                    lost.forEach(Lease::markLost);
                    return lost;
                });
    }

    /** {@link QueueOperations#release}. */
    CompletableFuture<Long> release(String queue, List<Lease> leases) {
        ScriptArguments arguments = new ScriptArguments()
                .key(keys.processing(queue))
                .key(keys.ready(queue))
                .key(keys.expiry(queue))
                .key(keys.arrived(queue));
        leases.forEach(arguments::lease);
        return calls.run(Script.RELEASE, ReturnType.LONG, arguments.keys(), arguments.values());
    }
}
