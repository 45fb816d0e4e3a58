// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.redisqueue.DeadLetter;
import org.redisqueue.QueueCounts;
import org.redisqueue.internal.PrintableText;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;
import org.redisson.api.queue.DequeMoveArgs;
import org.redisson.client.codec.StringCodec;

/**
 * The operations on the queues of one Redis. Except for {@link #recover}, each takes one round trip.
 *
 * <p>{@link #send}, {@link #acknowledge}, {@link #prepare}, {@link #commit}, {@link #rollback}, {@link #redeliver} and
 * {@link #deadLetter} are
 * {@linkplain Lanes numbered calls}: they are sent again when a reply is lost, and take effect at most once. Their
 * outcome is unknown only if Redis does not answer for two minutes. Requests from several threads share calls. Other
 * operations are not sent again.
 *
 * <p>All futures fail with a {@link RedisCallException}. They complete on a thread of the Redis client or of the timer;
 * their continuations must not block. An operation connects first if necessary, which blocks. Operations that share
 * calls also block briefly to let requests accumulate. They must therefore not be called from a thread of the Redis
 * client, except for {@link #redeliver} and {@link #deadLetter}.
 */
public final class QueueOperations {

    /** The lowest throughput of a connection that is assumed when the timeout of a large call is computed. */
    private static final long SLOWEST_BYTES_PER_MILLI = 500;

    /** The name of the operation in error messages; operators may look for it. */
    private static final String REDELIVER = "retry";

    private static final long MOST_DELIVERIES = 1_000_000;
    private static final long SHORTEST_CLAIM_MILLIS = 300;

    private final RedisClient client;
    private final Keys keys;
    private final CommandRights rights;
    private final Lanes lanes;
    private final GroupCommit<AcknowledgmentRequest, AcknowledgmentResult> acknowledgments;
    private final GroupCommit<PreparationRequest, List<Lease>> preparations;
    private final GroupCommit<BranchEndRequest, BranchEndResult> commits;
    private final GroupCommit<BranchEndRequest, BranchEndResult> rollbacks;
    private final GroupCommit<RedeliveryRequest, RedeliveryResult> redeliveries;
    private final ConcurrentMap<Wait, CompletableFuture<Boolean>> waits = new ConcurrentHashMap<>();
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();
    private final Set<Leases> holders = Collections.newSetFromMap(new WeakHashMap<>());
    private final Map<String, RedisClock> clocks = new ConcurrentHashMap<>();
    private final Set<String> registered = ConcurrentHashMap.newKeySet();

    private static final AcknowledgmentResult NOTHING_TO_REPORT = new AcknowledgmentResult(List.of(), List.of());

    /** The result of preparing a branch whose id is in use. */
    private static final List<Lease> BRANCH_EXISTS = new ArrayList<>();

    private record Wait(String queue, Duration timeout) {}

    /**
     * Creates the operations on the queues of one Redis.
     *
     * @param timer retries calls that Redis has not answered; must run until after {@link #close}
     */
    public QueueOperations(RedisClient client, ScheduledExecutorService timer) {
        this(client, timer, Lanes.PATIENCE, UnaryOperator.identity());
    }

    /**
     * @param patience how long calls are retried
     * @param wire wraps the transport of numbered calls
     */
    QueueOperations(
            RedisClient client,
            ScheduledExecutorService timer,
            Duration patience,
            UnaryOperator<Lanes.Transport> wire) {
        this.client = client;
        this.keys = new Keys(client.properties().getKeyPrefix());
        this.rights = new CommandRights(client, keys);
        client.onConnect(rights::requireToSend);
        this.lanes = new Lanes(wire.apply(this::transmit), timer, this::laneKey, this::clock, patience);
        boolean cluster = client.isCluster();
        this.acknowledgments = new GroupCommit<>(cluster, timer, this::acknowledge);
        this.preparations = new GroupCommit<>(cluster, timer, this::prepare);
        this.commits = new GroupCommit<>(cluster, timer, branches -> end(Script.COMMIT, branches));
        this.rollbacks = new GroupCommit<>(cluster, timer, branches -> end(Script.ROLLBACK, branches));
        this.redeliveries = GroupCommit.withoutGathering(cluster, timer, this::redeliver);
    }

    /** Identifies the server that holds the keys of a queue. In a cluster, each queue may be on a different server. */
    private String server(String queue) {
        return client.isCluster() ? queue : "";
    }

    private RedisClock clock(String server) {
        return clocks.computeIfAbsent(server, name -> new RedisClock());
    }

    /** On a single server, the lanes serve all queues. In a cluster, a lane is in the slot of its queue. */
    private String laneKey(String home, String name) {
        return client.isCluster() ? keys.lane(home, name) : keys.lane(name);
    }

    private CompletableFuture<List<Object>> transmit(Lanes.Work work, List<Object> names, List<Object> arguments) {
        Duration timeout = responseTimeout(work.bytes());
        return call(
                        work.operation(),
                        redisson -> work.script()
                                .<Object>run(redisson, timeout, ReturnType.LIST, names, arguments.toArray()))
                .thenApply(reply -> reply instanceof List<?> ? list(reply) : List.of(reply));
    }

    /** The response timeout, extended by the time that a large call takes to transmit. */
    private Duration responseTimeout(long bytes) {
        return Duration.ofMillis(client.properties().getResponseTimeout() + bytes / SLOWEST_BYTES_PER_MILLI);
    }

    /** A new message id, which sorts after the ids of earlier milliseconds: a version 7 UUID (RFC 9562, 5.7). */
    public static String newId() {
        UUID random = UUID.randomUUID();
        long high = System.currentTimeMillis() << 16 | 0x7000 | random.getMostSignificantBits() & 0xfff;
        return new UUID(high, random.getLeastSignificantBits()).toString();
    }

    /** Connects to Redis unless that has been done. Blocks. */
    public void connect() {
        client.redisson();
    }

    /**
     * Checks that the Redis user may call all commands that consuming requires. Blocks until that is known.
     *
     * @throws RedisCallException if a command is denied, which the message names, or if Redis cannot be reached
     */
    public void requireConsumerRights() {
        try {
            rights.requireToConsume();
        } catch (RuntimeException e) {
            throw RedisCallException.of("consume", e);
        }
    }

    /** Whether calls are no longer possible, because the last user has released the client. */
    public boolean isClosed() {
        return client.isClosed();
    }

    /** Whether one transaction can use two queues. In a cluster it cannot, because they may be on different servers. */
    public boolean canShareTransaction(String queue, String other) {
        return queue.equals(other) || !client.isCluster();
    }

    /** Adds a queue to the set in which recovery and operators find it. */
    public CompletableFuture<Void> register(String queue) {
        registered.add(queue);
        return call(
                        "register",
                        redisson -> redisson.getSet(keys.queues(), StringCodec.INSTANCE)
                                .addAsync(queue))
                .thenApply(added -> null);
    }

    /**
     * Sends messages, all or nothing.
     *
     * @return the messages that were not sent because their ids are in use
     */
    public CompletableFuture<List<SendRequest>> send(List<SendRequest> messages) {
        return ask(acknowledgments, "send", new AcknowledgmentRequest(List.of(), messages))
                .thenApply(AcknowledgmentResult::duplicates);
    }

    /**
     * Waits until a queue has a message that is ready, without claiming it. Callers that wait for the same queue with
     * the same timeout share one call; for a caller that joins later, the wait ends earlier.
     *
     * <p>The call cannot be canceled: a caller that no longer needs to wait lets it time out. Redisson closes the
     * connection of a canceled blocking call; if the reply arrives at that moment, another call already uses the
     * connection and loses its own reply.
     *
     * @param timeout whole seconds, at least one; the call occupies a pooled connection for that long
     * @return whether a message is ready; canceling the future affects neither other callers nor Redis
     */
    public CompletableFuture<Boolean> awaitReady(String queue, Duration timeout) {
        Wait wait = new Wait(queue, timeout);
        CompletableFuture<Boolean> found = new CompletableFuture<>();
        CompletableFuture<Boolean> earlier = waits.putIfAbsent(wait, found);
        if (earlier != null) {
            return earlier.copy();
        }
        String ready = keys.ready(queue);
        try {
            call(
                            "wait",
                            redisson -> redisson.<String>getBlockingDeque(ready, StringCodec.INSTANCE)
                                    .moveAsync(timeout, DequeMoveArgs.pollLast().addLastTo(ready)))
                    .whenComplete((id, failure) -> {
                        waits.remove(wait); // first, because a caller that learns of the end may wait again
                        if (failure != null) {
                            found.completeExceptionally(failure);
                        } else {
                            found.complete(id != null);
                        }
                    });
        } catch (Error e) {
            waits.remove(wait);
            found.completeExceptionally(e);
            throw e;
        }
        return found.copy();
    }

    private <T> CompletionStage<T> pending(CompletionStage<T> reply) {
        CompletableFuture<?> future = reply.toCompletableFuture();
        pending.add(future);
        future.whenComplete((id, failure) -> pending.remove(future));
        return reply;
    }

    /**
     * Ends all calls when the connections of the client are no longer used. Otherwise Redisson would wait as long as it
     * can for blocking calls when it shuts down, and leave threads that wait for other calls blocked forever.
     */
    public void close() {
        RedisUnavailableException closed = client.closed();
        RedisCallException refused = RedisCallException.of("call", closed);
        List.of(acknowledgments, preparations, commits, rollbacks, redeliveries).forEach(group -> group.close(refused));
        lanes.close(closed);
        pending.forEach(reply -> reply.completeExceptionally(closed));
    }

    /** Whether one more caller can wait, so that at least half of the connections remain for calls that do not wait. */
    public boolean canAwait() {
        return waits.size() < Math.max(1, client.properties().getPoolSize() / 2);
    }

    /** Lets {@link #claim} renew these leases when they could be mistaken for those of a dead consumer. */
    void add(Leases holder) {
        synchronized (holders) {
            holders.add(holder);
        }
    }

    /**
     * Claims messages under a new token. First renews those leases of this process that could not be renewed in time,
     * for example after an outage. Otherwise their messages would count as abandoned while their listeners are still
     * working.
     */
    public CompletableFuture<ClaimResult> claim(ClaimRequest request) {
        List<Leases> all;
        synchronized (holders) {
            all = List.copyOf(holders);
        }
        CompletableFuture<?>[] renewals = all.stream()
                .map(holder -> holder.renewEnding(request.queue()))
                .flatMap(Optional::stream)
                .toArray(CompletableFuture<?>[]::new);
        if (renewals.length == 0) {
            return take(request);
        }
        return CompletableFuture.allOf(renewals).thenCompose(renewed -> take(request));
    }

    private CompletableFuture<ClaimResult> take(ClaimRequest request) {
        String queue = request.queue();
        String token = Long.toString(UUID.randomUUID().getMostSignificantBits(), Character.MAX_RADIX);
        long sent = System.nanoTime();
        long certainUntil = sent + Duration.ofMillis(request.leaseMillis()).toNanos();
        RedisClock clock = clock(server(queue));
        OptionalLong now = clock.latest();
        long deadline = now.isEmpty() ? 0 : now.getAsLong() + claimMillis(request.leaseMillis());
        List<Object> names = List.of(
                keys.ready(queue),
                keys.processing(queue),
                keys.dead(queue),
                keys.failures(queue),
                keys.abandoned(queue),
                keys.errors(queue),
                keys.paused(queue),
                keys.expiry(queue));
        List<Object> arguments = List.of(
                request.limit(),
                token,
                request.leaseMillis(),
                keys.messagePrefix(queue),
                request.maxAbandoned(),
                request.maxBytes(),
                request.maxTotalBytes(),
                request.onExpiry(),
                deadline);
        CompletableFuture<List<Object>> call = run(Script.CLAIM, names, arguments);
        return call.whenComplete((reply, failure) -> {
                    if (failure != null) {
                        clock.distrust();
                    } else {
                        clock.reported((Long) reply.get(7), TimeUnit.MILLISECONDS, sent);
                    }
                })
                .thenApply(reply -> {
                    List<ClaimedMessage> messages = new ArrayList<>();
                    List<Object> found = list(reply.get(2));
                    for (int i = 0; i < found.size(); i += 4) {
                        Lease lease = new Lease(queue, text(found.get(i)), token, certainUntil);
                        messages.add(new ClaimedMessage(
                                lease, (byte[]) found.get(i + 1), count(found.get(i + 2)), count(found.get(i + 3))));
                    }
                    Map<String, String> deadLettered = new LinkedHashMap<>();
                    List<Object> given = list(reply.get(4));
                    for (int i = 0; i < given.size(); i += 2) {
                        deadLettered.put(text(given.get(i)), text(given.get(i + 1)));
                    }
                    long due = (Long) reply.get(1);
                    return new ClaimResult(
                            integer(reply.get(0)) == 1,
                            due < 0 ? OptionalLong.empty() : OptionalLong.of(due),
                            messages,
                            texts(list(reply.get(3))),
                            deadLettered,
                            integer(reply.get(5)),
                            integer(reply.get(6)) == 1);
                });
    }

    /**
     * How long after its start a claim may be executed: as long as its reply is awaited, and as long as the leases that
     * this process holds are certain to last. A claim that arrives later, for example at a Redis that was stalled,
     * claims nothing.
     */
    private long claimMillis(long leaseMillis) {
        long most = Math.min(client.properties().getResponseTimeout(), leaseMillis / Leases.RENEWALS);
        return Math.max(SHORTEST_CLAIM_MILLIS, most);
    }

    /**
     * Extends leases of one queue and marks those that are lost.
     *
     * @param leaseMillis how long the leases last from now, 1 to 3,600,000 ms
     * @return the lost leases
     */
    public CompletableFuture<List<Lease>> renew(String queue, Collection<Lease> leases, long leaseMillis) {
        List<Lease> asked = List.copyOf(leases);
        long certainUntil = System.nanoTime() + Duration.ofMillis(leaseMillis).toNanos();
        List<Object> arguments = new ArrayList<>();
        arguments.add(leaseMillis);
        asked.forEach(lease -> arguments.add(lease.member()));
        return run(Script.RENEW, List.of(keys.processing(queue)), arguments).thenApply(reply -> {
            List<Lease> lost = named(asked, reply);
            for (Lease lease : asked) {
                if (!lost.contains(lease)) {
                    lease.renewed(certainUntil);
                }
            }
            lost.forEach(Lease::markLost);
            return lost;
        });
    }

    /**
     * Acknowledges the messages and publishes the sends of one transaction atomically. Requests from other threads may
     * share the Redis call; each transaction still succeeds or fails on its own.
     *
     * @param consumed the leases of the messages to acknowledge
     * @param sent the messages to publish
     */
    public CompletableFuture<AcknowledgmentResult> acknowledge(List<Lease> consumed, List<SendRequest> sent) {
        return acknowledge("acknowledge", new AcknowledgmentRequest(consumed, sent));
    }

    private CompletableFuture<AcknowledgmentResult> acknowledge(String operation, AcknowledgmentRequest transaction) {
        return transaction.isEmpty()
                ? CompletableFuture.completedFuture(NOTHING_TO_REPORT)
                : ask(acknowledgments, operation, transaction);
    }

    private CompletableFuture<List<AcknowledgmentResult>> acknowledge(List<AcknowledgmentRequest> transactions) {
        GroupedMessages messages = new GroupedMessages(transactions);
        List<Object> names = messages.keys(keys);
        List<Object> arguments = messages.arguments();
        Optional<String> queue = onlySendsTo(transactions);
        if (queue.isPresent()) {
            return send(queue.get(), transactions);
        }
        boolean onlySends = transactions.stream()
                .allMatch(transaction -> transaction.consumed().isEmpty());
        return inLane(
                onlySends ? "send" : "acknowledge",
                Script.ACKNOWLEDGE,
                transactions,
                names,
                arguments,
                NOTHING_TO_REPORT,
                (transaction, entry) -> new AcknowledgmentResult(
                        named(transaction.consumed(), list(entry.get(1))),
                        list(entry.get(2)).stream()
                                .map(number -> transaction.sent().get(integer(number) - 1))
                                .toList()));
    }

    /** The queue to which these transactions only send messages that do not expire; empty if they do anything else. */
    private static Optional<String> onlySendsTo(List<AcknowledgmentRequest> transactions) {
        String queue = transactions.get(0).home();
        boolean only = transactions.stream()
                .allMatch(transaction -> transaction.consumed().isEmpty()
                        && transaction.sent().stream()
                                .allMatch(message -> message.timeToLiveMillis() == 0
                                        && message.queue().equals(queue)));
        return only ? Optional.of(queue) : Optional.empty();
    }

    private CompletableFuture<List<AcknowledgmentResult>> send(String queue, List<AcknowledgmentRequest> transactions) {
        List<SendRequest> messages =
                transactions.stream().flatMap(each -> each.sent().stream()).toList();
        List<Object> names = new ArrayList<>(List.of(keys.ready(queue), keys.expiry(queue)));
        List<Object> arguments = new ArrayList<>();
        for (SendRequest message : messages) {
            names.add(keys.message(queue, message.id()));
            arguments.add(message.id());
        }
        messages.forEach(message -> arguments.add(message.value()));
        Lanes.Work work = new Lanes.Work("send", Script.SEND, names, arguments, SendRequest.bytes(messages));
        return inLane(queue, work, report -> {
            Set<Integer> duplicates = report.stream()
                    .map(entry -> integer(list(entry).get(0)) - 1)
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

    /**
     * Counts a failure and schedules the redelivery of the message, or dead-letters it if it has failed too often.
     *
     * @param delayMillis redelivery delay in milliseconds, 0 to 31,536,000,000
     * @param maxDeliveries number of failures after which the message is dead-lettered, at least 1
     * @param reason why the delivery failed
     */
    public CompletableFuture<RedeliveryResult> redeliver(
            Lease lease, long delayMillis, int maxDeliveries, String reason) {
        return redeliver(new RedeliveryRequest(lease, delayMillis, maxDeliveries, PrintableText.of(reason)));
    }

    /**
     * Counts a failure and dead-letters the message, which is not delivered automatically again.
     *
     * @param reason why the message cannot be delivered
     */
    public CompletableFuture<RedeliveryResult> deadLetter(Lease lease, String reason) {
        return redeliver(RedeliveryRequest.deadLetter(lease, PrintableText.of(reason)));
    }

    private CompletableFuture<RedeliveryResult> redeliver(RedeliveryRequest request) {
        return ask(redeliveries, REDELIVER, request);
    }

    private CompletableFuture<List<RedeliveryResult>> redeliver(List<RedeliveryRequest> messages) {
        Map<String, Integer> queues = new LinkedHashMap<>();
        messages.forEach(message -> queues.putIfAbsent(message.home(), queues.size() + 1));
        List<Object> names = new ArrayList<>();
        List<Object> arguments = new ArrayList<>(List.of(queues.size(), messages.size()));
        for (String queue : queues.keySet()) {
            names.add(keys.processing(queue));
            names.add(keys.dead(queue));
            names.add(keys.failures(queue));
            names.add(keys.abandoned(queue));
            names.add(keys.errors(queue));
            names.add(keys.expiry(queue));
        }
        for (RedeliveryRequest message : messages) {
            Lease lease = message.lease();
            names.add(keys.message(lease.queue(), lease.id()));
            arguments.add(queues.get(lease.queue()));
            arguments.add(lease.id());
            arguments.add(lease.token());
            arguments.add(message.delayMillis());
            arguments.add(message.maxDeliveries());
            arguments.add(message.reason());
        }
        return inLane(
                REDELIVER,
                Script.REDELIVER,
                messages,
                names,
                arguments,
                RedeliveryResult.WAITING,
                (message, entry) -> integer(entry.get(1)) < 0 ? RedeliveryResult.LOST : RedeliveryResult.DEAD);
    }

    /**
     * Gives back messages of one queue that no listener has seen.
     *
     * @param leases in the order of the claim
     * @return how many of the leases were still held
     */
    public CompletableFuture<Long> release(String queue, List<Lease> leases) {
        List<Object> arguments = new ArrayList<>();
        for (Lease lease : leases) {
            arguments.add(lease.id());
            arguments.add(lease.token());
        }
        List<Object> names = List.of(keys.processing(queue), keys.ready(queue), keys.expiry(queue));
        return run(Script.RELEASE, ReturnType.LONG, names, arguments);
    }

    /**
     * Prepares a branch, so that it can be committed whatever happens afterwards.
     *
     * @param home the queue that keeps the record of the branch
     * @return the leases that are no longer held; if there are any, nothing was changed
     */
    public CompletableFuture<List<Lease>> prepare(
            String branch, String home, List<Lease> consumed, List<SendRequest> sent) {
        PreparationRequest preparation = new PreparationRequest(branch, home, consumed, sent);
        CompletableFuture<List<Lease>> lost = client.isCluster()
                // The set of queues is on another server and must be written first.
                ? register(home).thenCompose(done -> mapped(prepare(List.of(preparation)), all -> all.get(0)))
                : ask(preparations, "prepare", preparation);
        return lost.thenApply(leases -> {
            if (leases == BRANCH_EXISTS) {
                throw new CompletionException(
                        RedisCallException.refused("prepare", "branch '" + branch + "' is already prepared"));
            }
            return leases;
        });
    }

    /** Whether this result of {@link #prepare}, obtained by settling the call, means that the branch is prepared. */
    public static boolean isPrepared(List<Lease> lost) {
        return lost.isEmpty() && lost != BRANCH_EXISTS;
    }

    private CompletableFuture<List<List<Lease>>> prepare(List<PreparationRequest> branches) {
        boolean shared = !client.isCluster();
        List<Object> names = new ArrayList<>();
        List<Object> arguments = new ArrayList<>(List.of(shared ? 1 : 0, branches.size()));
        if (shared) {
            names.add(keys.queues());
        }
        for (PreparationRequest branch : branches) {
            names.add(keys.prepared(branch.home()));
            arguments.add(branch.branch());
            arguments.add(branch.home());
            arguments.add(branch.consumed().size());
            arguments.add(branch.sent().size());
            for (Lease lease : branch.consumed()) {
                names.add(keys.processing(lease.queue()));
                arguments.add(lease.queue());
                arguments.add(lease.id());
                arguments.add(lease.token());
            }
            for (SendRequest message : branch.sent()) {
                names.add(keys.ready(message.queue()));
                names.add(keys.staged(message.queue(), branch.branch(), message.id()));
                arguments.add(message.queue());
                arguments.add(message.id());
                arguments.add(message.timeToLiveMillis());
                arguments.add(message.value());
            }
        }
        return inLane(
                "prepare",
                Script.PREPARE,
                branches,
                names,
                arguments,
                List.of(),
                (branch, entry) ->
                        list(entry.get(1)).isEmpty() ? BRANCH_EXISTS : named(branch.consumed(), list(entry.get(1))));
    }

    /**
     * Commits a prepared branch.
     *
     * @param recovery whether another process prepared the branch; the outcome is then left in Redis for that process
     */
    public CompletableFuture<BranchEndResult> commit(String branch, String home, boolean recovery) {
        return ask(commits, "commit", new BranchEndRequest(branch, home, recovery, 0));
    }

    /**
     * Rolls back a prepared branch.
     *
     * @param recovery whether another process prepared the branch; the outcome is then left in Redis for that process
     * @param leaseMillis how long the consumer keeps the messages, so that it can schedule their redelivery, 0 to
     *     86,400,000 ms; 0 = the consumer is gone
     */
    public CompletableFuture<BranchEndResult> rollback(String branch, String home, boolean recovery, long leaseMillis) {
        return ask(rollbacks, "rollback", new BranchEndRequest(branch, home, recovery, leaseMillis));
    }

    private CompletableFuture<List<BranchEndResult>> end(Script script, List<BranchEndRequest> branches) {
        List<Object> names = new ArrayList<>();
        List<Object> arguments = new ArrayList<>(List.of(keys.prefix(), client.isCluster() ? 1 : 0));
        for (BranchEndRequest branch : branches) {
            names.add(keys.prepared(branch.home()));
            arguments.add(branch.branch());
            arguments.add(branch.recovery() ? 1 : 0);
            if (script == Script.ROLLBACK) {
                arguments.add(branch.leaseMillis());
            }
        }
        return inLane(
                script.name().toLowerCase(Locale.ROOT),
                script,
                branches,
                names,
                arguments,
                BranchEndResult.DONE,
                (branch, entry) -> BranchEndResult.of(text(entry.get(1))));
    }

    /**
     * Drops a prepared branch. Its messages become dead letters, except for those to be sent whose ids are in use by
     * now.
     *
     * @return false if the branch is not prepared
     */
    public CompletableFuture<Boolean> forget(String branch, String home) {
        List<Object> names = List.of(keys.prepared(home), keys.ended(home, branch));
        List<Object> arguments = List.of(branch, keys.prefix(), client.isCluster() ? 1 : 0);
        return this.<Long>run(Script.FORGET, ReturnType.LONG, names, arguments).thenApply(ended -> ended == 1);
    }

    /**
     * Lists all prepared branches with their home queues. Takes one round trip for each 500 queues or, in a cluster,
     * for each queue. A replica refuses the call, because a branch that it does not list would be considered ended.
     */
    public CompletableFuture<BranchListingResult> recover() {
        return new BranchListing(keys, client.isCluster(), this::run).list();
    }

    /**
     * Removes queues that hold nothing from the set in which recovery and operators find them. Not for use in a
     * cluster.
     *
     * @return how many names were removed
     */
    public CompletableFuture<Long> unregister(Collection<String> queues) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.prefix());
        arguments.addAll(queues);
        return run(Script.UNREGISTER, ReturnType.LONG, List.of(keys.queues()), arguments);
    }

    /** The queues that this process has registered because it consumes them. */
    public Set<String> registered() {
        return Set.copyOf(registered);
    }

    /**
     * Counts the messages of a queue and lists its latest dead letters.
     *
     * @param deadLetters maximum number of dead letters to list, 0 to 1,000,000
     */
    public CompletableFuture<InspectionResult> inspect(String queue, int deadLetters) {
        List<Object> names = List.of(keys.ready(queue), keys.processing(queue), keys.dead(queue), keys.errors(queue));
        return run(Script.INSPECT, names, List.of(deadLetters)).thenApply(reply -> {
            QueueCounts counts = new QueueCounts((Long) reply.get(0), (Long) reply.get(1), (Long) reply.get(2));
            List<DeadLetter> letters = new ArrayList<>();
            List<Object> found = list(reply.get(3));
            for (int i = 0; i < found.size(); i += 4) {
                letters.add(new DeadLetter(
                        text(found.get(i)),
                        text(found.get(i + 2)),
                        integer(found.get(i + 3)),
                        Instant.ofEpochMilli((Long) found.get(i + 1))));
            }
            return new InspectionResult(counts, letters);
        });
    }

    /** Connects on the calling thread, so that no other request waits for the connection. */
    private <Q extends GroupCommit.Request, R> CompletableFuture<R> ask(
            GroupCommit<Q, R> calls, String operation, Q request) {
        try {
            client.redisson();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(RedisCallException.of(operation, e));
        }
        return calls.ask(request);
    }

    /**
     * Executes a script for several requests in a lane.
     *
     * @param usual the result of a request that the report of the script does not mention
     * @param reported the result of a request that the report mentions, computed from its entry
     */
    private <Q extends GroupCommit.Request, R> CompletableFuture<List<R>> inLane(
            String operation,
            Script script,
            List<Q> requests,
            List<Object> names,
            List<Object> arguments,
            R usual,
            BiFunction<Q, List<Object>, R> reported) {
        long bytes = requests.stream().mapToLong(GroupCommit.Request::bytes).sum();
        Function<List<Object>, List<R>> results = report -> {
            List<R> all = new ArrayList<>(Collections.nCopies(requests.size(), usual));
            for (Object each : report) {
                List<Object> entry = list(each);
                int number = integer(entry.get(0)) - 1;
                all.set(number, reported.apply(requests.get(number), entry));
            }
            return all;
        };
        return inLane(requests.get(0).home(), new Lanes.Work(operation, script, names, arguments, bytes), results);
    }

    private <R> CompletableFuture<List<R>> inLane(
            String queue, Lanes.Work work, Function<List<Object>, List<R>> results) {
        return mapped(lanes.call(server(queue), work), results);
    }

    /** The same call with its result converted, even if it has to be settled. */
    private static <T, R> CompletableFuture<R> mapped(CompletableFuture<T> call, Function<T, R> form) {
        return call.handle((result, failure) -> {
            if (failure == null) {
                return form.apply(result);
            }
            RedisCallException failed = (RedisCallException) Failures.unwrap(failure);
            throw new CompletionException(failed.<T>unsettled()
                    .map(unknown -> failed.with(unknown.map(form)))
                    .orElse(failed));
        });
    }

    private CompletableFuture<List<Object>> run(Script script, List<Object> names, List<Object> arguments) {
        return run(script, ReturnType.LIST, names, arguments);
    }

    private <T> CompletableFuture<T> run(Script script, ReturnType type, List<Object> names, List<Object> arguments) {
        return call(
                script.name().toLowerCase(Locale.ROOT),
                redisson -> script.run(redisson, responseTimeout(0), type, names, arguments.toArray()));
    }

    private interface Command<T> {
        CompletionStage<T> on(RedissonClient redisson);
    }

    private <T> CompletableFuture<T> call(String operation, Command<T> command) {
        CompletionStage<T> reply;
        try {
            reply = client.call(command::on);
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(RedisCallException.of(operation, e));
        }
        return pending(reply).toCompletableFuture().handle((result, failure) -> {
            if (failure != null) {
                throw new CompletionException(RedisCallException.of(operation, failure));
            }
            return result;
        });
    }

    private static List<Lease> named(List<Lease> leases, List<Object> members) {
        if (members.isEmpty()) {
            return List.of();
        }
        Set<String> names = new HashSet<>(texts(members));
        return leases.stream().filter(lease -> names.contains(lease.member())).toList();
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object reply) {
        return (List<Object>) reply;
    }

    private static List<String> texts(List<Object> reply) {
        return reply.stream().map(QueueOperations::text).toList();
    }

    private static String text(Object reply) {
        return new String((byte[]) reply, StandardCharsets.UTF_8);
    }

    /** A number of deliveries. An invalid one must not prevent the delivery of the other messages in the reply. */
    private static int count(Object reply) {
        return (int) Math.max(0, Math.min(MOST_DELIVERIES, (Long) reply));
    }

    private static int integer(Object reply) {
        return Math.toIntExact((Long) reply);
    }
}
