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
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisqueue.spi.PrintableText;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;
import org.redisson.api.queue.DequeMoveArgs;
import org.redisson.client.codec.StringCodec;

/**
 * The operations on the queues of one Redis. Except for {@link #recover}, each is one round trip.
 *
 * <p>{@link #send}, {@link #acknowledge}, {@link #prepare}, {@link #commit}, {@link #rollback} and {@link #retry} are
 * {@linkplain Lanes numbered calls}: they are sent again when a reply is lost, and take effect at most once. Their
 * outcome is unknown only if Redis does not answer for two minutes. Requests of several threads share calls. Other
 * operations are not sent again.
 *
 * <p>All futures fail with a {@link RedisCallException}. They complete on a thread of the Redis client or of the timer:
 * what follows them must not block. An operation connects first if necessary, which blocks; those that share calls also
 * block for a moment to gather requests, and so must not be called from a thread of the Redis client, except for
 * {@link #retry}.
 */
public final class QueueOperations {

    /** The throughput of a connection that is assumed at least, when the time-out of a large call is set. */
    private static final long SLOWEST_BYTES_PER_MILLI = 500;

    private static final long MOST_DELIVERIES = 1_000_000;
    private static final long SHORTEST_CLAIM_MILLIS = 300;

    private final RedisClient client;
    private final Keys keys;
    private final CommandRights rights;
    private final Lanes lanes;
    private final GroupCommit<OnePhase, Acknowledgement> acknowledgements;
    private final GroupCommit<Preparation, List<Lease>> preparations;
    private final GroupCommit<SecondPhase, BranchEnd> commits;
    private final GroupCommit<SecondPhase, BranchEnd> rollbacks;
    private final GroupCommit<RetryRequest, Retry> retries;
    private final ConcurrentMap<Wait, CompletableFuture<Boolean>> waits = new ConcurrentHashMap<>();
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();
    private final Set<Leases> holders = Collections.newSetFromMap(new WeakHashMap<>());
    private final Map<String, RedisClock> clocks = new ConcurrentHashMap<>();
    private final Set<String> registered = ConcurrentHashMap.newKeySet();

    private static final Acknowledgement NOTHING_TO_REPORT = new Acknowledgement(List.of(), List.of());

    /** The result of a preparation under an id that is in use. */
    private static final List<Lease> BRANCH_EXISTS = new ArrayList<>();

    private record Wait(String queue, Duration timeout) {}

    /** @param timer sends calls again that Redis has not answered; ends after {@link #close} */
    public QueueOperations(RedisClient client, ScheduledExecutorService timer) {
        this(client, timer, Lanes.PATIENCE, UnaryOperator.identity());
    }

    /**
     * @param patience how long calls are sent again
     * @param wire what the transmissions of numbered calls go through
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
        this.acknowledgements = new GroupCommit<>(cluster, timer, this::acknowledge);
        this.preparations = new GroupCommit<>(cluster, timer, this::prepare);
        this.commits = new GroupCommit<>(cluster, timer, branches -> end(Script.COMMIT, branches));
        this.rollbacks = new GroupCommit<>(cluster, timer, branches -> end(Script.ROLLBACK, branches));
        this.retries = GroupCommit.withoutGathering(cluster, timer, this::retry);
    }

    /** What stands for the server that the keys of a queue are on: in a cluster, each queue may be on another one. */
    private String server(String queue) {
        return client.isCluster() ? queue : "";
    }

    private RedisClock clock(String server) {
        return clocks.computeIfAbsent(server, name -> new RedisClock());
    }

    /** On a single server the lanes serve all queues; in a cluster a lane is in the slot of its queue. */
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

    /** A large call takes its time on the way. */
    private Duration responseTimeout(long bytes) {
        return Duration.ofMillis(client.properties().getResponseTimeout() + bytes / SLOWEST_BYTES_PER_MILLI);
    }

    /** A new id, sorting after those of earlier milliseconds: a UUID of version 7 (RFC 9562, 5.7). */
    public static String newId() {
        UUID random = UUID.randomUUID();
        long high = System.currentTimeMillis() << 16 | 0x7000 | random.getMostSignificantBits() & 0xfff;
        return new UUID(high, random.getLeastSignificantBits()).toString();
    }

    /** Connects if that was not done yet; blocks. */
    public void connect() {
        client.redisson();
    }

    /**
     * Makes sure that the Redis user may call all commands that consuming needs; blocks until that is known.
     *
     * @throws RedisCallException if one is denied, naming it, or Redis cannot be reached
     */
    public void requireConsumerRights() {
        try {
            rights.requireToConsume();
        } catch (RuntimeException e) {
            throw RedisCallException.of("consume", e);
        }
    }

    /** Whether no call can be made any more, as nobody uses this Redis. */
    public boolean isClosed() {
        return client.isClosed();
    }

    /** Whether two queues can be part of one transaction: not in a cluster, where they may be on different servers. */
    public boolean canShareTransaction(String queue, String other) {
        return queue.equals(other) || !client.isCluster();
    }

    /** Notes the name of a queue where recovery and operators find it. */
    public CompletableFuture<Void> register(String queue) {
        registered.add(queue);
        return call(
                        "register",
                        redisson -> redisson.getSet(keys.queues(), StringCodec.INSTANCE)
                                .addAsync(queue))
                .thenApply(added -> null);
    }

    /**
     * Sends messages, all of them or none.
     *
     * @return those that were not sent, as their ids are in use
     */
    public CompletableFuture<List<Publication>> send(List<Publication> messages) {
        return ask(acknowledgements, "send", new OnePhase(List.of(), messages)).thenApply(Acknowledgement::duplicates);
    }

    /**
     * Waits until a queue has a message that is ready, and takes none. Those who wait equally long for the same queue
     * share one call; who comes later is told of its end sooner.
     *
     * <p>There is no way to end one call: whoever has waited enough lets it run out. Redisson would close the connection of
     * a blocking call that is cancelled, and if the reply comes at that moment, somebody else has the connection by then
     * and loses theirs.
     *
     * @param timeout whole seconds, at least one; so long the call has a connection of the pool for itself
     * @return whether there was one; cancelling it has no effect on others, and none in Redis
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
                        waits.remove(wait); // first: whoever is told that it has ended may wait anew
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
     * Ends all calls when the client's connections are no longer used. Redisson would wait for blocking calls as long as
     * it may when it is shut down, and leave threads that wait for others blocked forever.
     */
    public void close() {
        RedisUnavailableException closed = client.closed();
        RedisCallException refused = RedisCallException.of("call", closed);
        List.of(acknowledgements, preparations, commits, rollbacks, retries).forEach(group -> group.close(refused));
        lanes.close(closed);
        pending.forEach(reply -> reply.completeExceptionally(closed));
    }

    /** Whether one more can wait, so that at least half of the connections are left for what does not. */
    public boolean canAwait() {
        return waits.size() < Math.max(1, client.properties().getPoolSize() / 2);
    }

    /** Has {@link #claim} renew these leases where they might be taken for those of a dead consumer. */
    void add(Leases holder) {
        synchronized (holders) {
            holders.add(holder);
        }
    }

    /**
     * Takes messages under a new token. What this process holds itself and could not renew in time, as after an outage, is
     * renewed before, so that it is not taken for abandoned while its listener is at work.
     */
    public CompletableFuture<Claim> claim(ClaimRequest request) {
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

    private CompletableFuture<Claim> take(ClaimRequest request) {
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
                    Map<String, String> buried = new LinkedHashMap<>();
                    List<Object> given = list(reply.get(4));
                    for (int i = 0; i < given.size(); i += 2) {
                        buried.put(text(given.get(i)), text(given.get(i + 1)));
                    }
                    long due = (Long) reply.get(1);
                    return new Claim(
                            integer(reply.get(0)) == 1,
                            due < 0 ? OptionalLong.empty() : OptionalLong.of(due),
                            messages,
                            texts(list(reply.get(3))),
                            buried,
                            integer(reply.get(5)),
                            integer(reply.get(6)) == 1);
                });
    }

    /**
     * How long after its start a claim may be executed: as long as its reply is awaited, and as the leases that this process
     * holds last for certain. A claim that comes later, as from a Redis that stood still, takes nothing.
     */
    private long claimMillis(long leaseMillis) {
        long most = Math.min(client.properties().getResponseTimeout(), leaseMillis / Leases.RENEWALS);
        return Math.max(SHORTEST_CLAIM_MILLIS, most);
    }

    /**
     * Extends leases of one queue and marks those that are lost.
     *
     * @return the lost ones
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

    /** Completes messages and sends others, all or nothing. */
    public CompletableFuture<Acknowledgement> acknowledge(List<Lease> consumed, List<Publication> sent) {
        return acknowledge("acknowledge", new OnePhase(consumed, sent));
    }

    private CompletableFuture<Acknowledgement> acknowledge(String operation, OnePhase transaction) {
        return transaction.isEmpty()
                ? CompletableFuture.completedFuture(NOTHING_TO_REPORT)
                : ask(acknowledgements, operation, transaction);
    }

    private CompletableFuture<List<Acknowledgement>> acknowledge(List<OnePhase> transactions) {
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
                (transaction, entry) -> new Acknowledgement(
                        named(transaction.consumed(), list(entry.get(1))),
                        list(entry.get(2)).stream()
                                .map(number -> transaction.sent().get(integer(number) - 1))
                                .toList()));
    }

    /** The queue that these transactions only send to, messages that do not expire; empty if they do anything else. */
    private static Optional<String> onlySendsTo(List<OnePhase> transactions) {
        String queue = transactions.get(0).home();
        boolean only = transactions.stream()
                .allMatch(transaction -> transaction.consumed().isEmpty()
                        && transaction.sent().stream()
                                .allMatch(message -> message.timeToLiveMillis() == 0
                                        && message.queue().equals(queue)));
        return only ? Optional.of(queue) : Optional.empty();
    }

    private CompletableFuture<List<Acknowledgement>> send(String queue, List<OnePhase> transactions) {
        List<Publication> messages =
                transactions.stream().flatMap(each -> each.sent().stream()).toList();
        List<Object> names = new ArrayList<>(List.of(keys.ready(queue), keys.expiry(queue)));
        List<Object> arguments = new ArrayList<>();
        for (Publication message : messages) {
            names.add(keys.message(queue, message.id()));
            arguments.add(message.id());
        }
        messages.forEach(message -> arguments.add(message.value()));
        Lanes.Work work = new Lanes.Work("send", Script.SEND, names, arguments, Publication.bytes(messages));
        return inLane(queue, work, report -> {
            Set<Integer> duplicates = report.stream()
                    .map(entry -> integer(list(entry).get(0)) - 1)
                    .collect(Collectors.toSet());
            List<Acknowledgement> results = new ArrayList<>();
            int first = 0;
            for (OnePhase transaction : transactions) {
                int from = first;
                results.add(new Acknowledgement(
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
     * Counts a failure and has the message delivered again later, or makes it a dead letter.
     *
     * @param delayMillis when it is due again
     * @param maxDeliveries after how many failures it becomes a dead letter; 0 = now
     * @param reason why it failed
     */
    public CompletableFuture<Retry> retry(Lease lease, long delayMillis, int maxDeliveries, String reason) {
        return ask(retries, "retry", new RetryRequest(lease, delayMillis, maxDeliveries, PrintableText.of(reason)));
    }

    private CompletableFuture<List<Retry>> retry(List<RetryRequest> messages) {
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
        for (RetryRequest message : messages) {
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
                "retry",
                Script.RETRY,
                messages,
                names,
                arguments,
                Retry.WAITING,
                (message, entry) -> integer(entry.get(1)) < 0 ? Retry.LOST : Retry.DEAD);
    }

    /**
     * Gives messages of one queue back that no listener has seen.
     *
     * @param leases in the order of their claim
     * @return how many of them were still held
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
     * Makes a branch ready to be committed, whatever happens then.
     *
     * @param home the queue that the branch's record is kept with
     * @return the leases that are not held; if there is one, nothing was done
     */
    public CompletableFuture<List<Lease>> prepare(
            String branch, String home, List<Lease> consumed, List<Publication> sent) {
        Preparation preparation = new Preparation(branch, home, consumed, sent);
        CompletableFuture<List<Lease>> lost = client.isCluster()
                // The set of queues is on another server, and comes first.
                ? register(home).thenCompose(done -> mapped(prepare(List.of(preparation)), all -> all.get(0)))
                : ask(preparations, "prepare", preparation);
        return lost.thenApply(leases -> {
            if (leases == BRANCH_EXISTS) {
                throw new CompletionException(
                        RedisCallException.refused("prepare", "a branch " + branch + " is prepared already"));
            }
            return leases;
        });
    }

    /** Whether this result of {@link #prepare}, as a settled call has it, means that the branch is prepared. */
    public static boolean isPrepared(List<Lease> lost) {
        return lost.isEmpty() && lost != BRANCH_EXISTS;
    }

    private CompletableFuture<List<List<Lease>>> prepare(List<Preparation> branches) {
        boolean shared = !client.isCluster();
        List<Object> names = new ArrayList<>();
        List<Object> arguments = new ArrayList<>(List.of(shared ? 1 : 0, branches.size()));
        if (shared) {
            names.add(keys.queues());
        }
        for (Preparation branch : branches) {
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
            for (Publication message : branch.sent()) {
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
     * @param recovery whether another process has prepared it, which is told the outcome
     */
    public CompletableFuture<BranchEnd> commit(String branch, String home, boolean recovery) {
        return ask(commits, "commit", new SecondPhase(branch, home, recovery, 0));
    }

    /**
     * Rolls a prepared branch back.
     *
     * @param recovery whether another process has prepared it, which is told the outcome
     * @param leaseMillis how long its consumer keeps the messages, to say when they are due again; 0 = it is gone
     */
    public CompletableFuture<BranchEnd> rollback(String branch, String home, boolean recovery, long leaseMillis) {
        return ask(rollbacks, "rollback", new SecondPhase(branch, home, recovery, leaseMillis));
    }

    private CompletableFuture<List<BranchEnd>> end(Script script, List<SecondPhase> branches) {
        List<Object> names = new ArrayList<>();
        List<Object> arguments = new ArrayList<>(List.of(keys.prefix(), client.isCluster() ? 1 : 0));
        for (SecondPhase branch : branches) {
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
                BranchEnd.DONE,
                (branch, entry) -> BranchEnd.of(text(entry.get(1))));
    }

    /**
     * Gives up a prepared branch: what it held are dead letters then.
     *
     * @return false if it is not prepared
     */
    public CompletableFuture<Boolean> forget(String branch, String home) {
        List<Object> names = List.of(keys.prepared(home), keys.ended(home, branch));
        List<Object> arguments = List.of(branch, keys.prefix(), client.isCluster() ? 1 : 0);
        return this.<Long>run(Script.FORGET, ReturnType.LONG, names, arguments).thenApply(ended -> ended == 1);
    }

    /**
     * All prepared branches with the queues that they are at home with. One round trip for each 500 queues, in a cluster
     * one for each queue. A replica refuses it: what it does not list would be taken for ended.
     */
    public CompletableFuture<PreparedBranches> recover() {
        return new BranchListing(keys, client.isCluster(), this::run).list();
    }

    /**
     * Drops the names of queues that hold nothing from where recovery and operators look. Not for a cluster.
     *
     * @return how many were dropped
     */
    public CompletableFuture<Long> unregister(Collection<String> queues) {
        List<Object> arguments = new ArrayList<>();
        arguments.add(keys.prefix());
        arguments.addAll(queues);
        return run(Script.UNREGISTER, ReturnType.LONG, List.of(keys.queues()), arguments);
    }

    /** The queues that this process has registered, as it consumes them. */
    public Set<String> registered() {
        return Set.copyOf(registered);
    }

    /** Counts what a queue holds and lists its latest dead letters. */
    public CompletableFuture<Inspection> inspect(String queue, int deadLetters) {
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
            return new Inspection(counts, letters);
        });
    }

    /** Whoever asks connects first, and has nobody else wait for that. */
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
     * @param usual the result of a request that the script does not report about
     * @param reported the result of a request that the script reports about, by that entry
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

    /** The same call with its result in another form, also if it has to be settled. */
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

    /** A count of deliveries: what cannot be one must not keep the other messages of the reply from being delivered. */
    private static int count(Object reply) {
        return (int) Math.max(0, Math.min(MOST_DELIVERIES, (Long) reply));
    }

    private static int integer(Object reply) {
        return Math.toIntExact((Long) reply);
    }
}
