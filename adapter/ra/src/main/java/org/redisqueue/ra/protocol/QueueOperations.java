// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.redisqueue.DeadLetter;
import org.redisqueue.QueueCounts;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;
import org.redisson.api.queue.DequeMoveArgs;
import org.redisson.client.codec.StringCodec;

/**
 * What can be done with the queues of one Redis, one method for one operation and, but for {@link #recover}, one round
 * trip. None of them is repeated by itself when its reply is lost.
 *
 * <p>All futures fail with a {@link RedisCallException}. They complete on a thread of the Redis client: what follows
 * them must not block. The call itself connects first where that was not done yet, which blocks; {@link #acknowledge},
 * {@link #prepare} and {@link #commit} also block for a moment where others are about to end a transaction as well, and
 * so must not be called from a thread of the Redis client.
 */
public final class QueueOperations {

    private final RedisClient client;
    private final Keys keys;
    private final SharedCalls<OnePhase, Acknowledgement> acknowledgements;
    private final SharedCalls<Preparation, List<Lease>> preparations;
    private final SharedCalls<Commit, Boolean> commits;
    private final ConcurrentMap<Wait, CompletableFuture<Boolean>> waits = new ConcurrentHashMap<>();
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();

    private record Wait(String queue, Duration timeout) {}

    public QueueOperations(RedisClient client) {
        this.client = client;
        this.keys = new Keys(client.properties().getKeyPrefix());
        this.acknowledgements = new SharedCalls<>(client.isCluster(), this::acknowledge);
        this.preparations = new SharedCalls<>(false, this::prepare);
        this.commits = new SharedCalls<>(client.isCluster(), this::commit);
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
        return call(
                        "register",
                        redisson -> redisson.getSet(keys.queues(), StringCodec.INSTANCE)
                                .addAsync(queue))
                .thenApply(added -> null);
    }

    /**
     * Sends messages of one queue.
     *
     * @return those that were not sent, as their ids were in use
     */
    public CompletableFuture<List<Publication>> send(String queue, List<Publication> messages) {
        List<Object> names = new ArrayList<>();
        List<Object> arguments = new ArrayList<>();
        names.add(keys.ready(queue));
        for (Publication message : messages) {
            names.add(keys.message(queue, message.id()));
            arguments.add(message.id());
            arguments.add(message.timeToLiveMillis());
            arguments.add(message.value());
        }
        return run(Script.SEND, names, arguments).thenApply(sent -> notSent(messages, sent));
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
                            redisson -> pending(redisson.<String>getBlockingDeque(ready, StringCodec.INSTANCE)
                                    .moveAsync(timeout, DequeMoveArgs.pollLast().addLastTo(ready))))
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
     * Ends the calls of {@link #awaitReady}, when nobody uses the client's connections any more. Redisson would wait for
     * them as long as it may when it is shut down, and have no time left to close its connections.
     */
    public void endWaits() {
        RedisUnavailableException closed = client.closed();
        pending.forEach(reply -> reply.completeExceptionally(closed));
    }

    /** Whether one more can wait, so that at least half of the connections are left for what does not. */
    public boolean canAwait() {
        return waits.size() < Math.max(1, client.properties().getPoolSize() / 2);
    }

    /** Takes messages under a new token. */
    public CompletableFuture<Claim> claim(ClaimRequest request) {
        String queue = request.queue();
        String token = Long.toString(UUID.randomUUID().getMostSignificantBits(), Character.MAX_RADIX);
        long certainUntil =
                System.nanoTime() + Duration.ofMillis(request.leaseMillis()).toNanos();
        List<Object> names = List.of(
                keys.ready(queue),
                keys.processing(queue),
                keys.dead(queue),
                keys.failures(queue),
                keys.abandoned(queue),
                keys.errors(queue),
                keys.paused(queue));
        List<Object> arguments = List.of(
                request.limit(),
                token,
                request.leaseMillis(),
                keys.messagePrefix(queue),
                request.maxAbandoned(),
                request.maxBytes());
        return run(Script.CLAIM, names, arguments).thenApply(reply -> {
            List<ClaimedMessage> messages = new ArrayList<>();
            List<Object> found = list(reply.get(2));
            for (int i = 0; i < found.size(); i += 4) {
                Lease lease = new Lease(queue, text(found.get(i)), token, certainUntil);
                messages.add(new ClaimedMessage(
                        lease, (byte[]) found.get(i + 1), integer(found.get(i + 2)), integer(found.get(i + 3))));
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
                    buried);
        });
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

    /**
     * Completes messages and sends others, all or nothing. What others acknowledge at the same time may go with it by one
     * call, each for itself.
     */
    public CompletableFuture<Acknowledgement> acknowledge(List<Lease> consumed, List<Publication> sent) {
        return ask(acknowledgements, "acknowledge", new OnePhase(consumed, sent));
    }

    private CompletableFuture<List<Acknowledgement>> acknowledge(List<OnePhase> transactions) {
        Map<String, Integer> queues = new LinkedHashMap<>();
        List<Object> names = new ArrayList<>();
        List<Object> arguments = new ArrayList<>();
        for (OnePhase transaction : transactions) {
            for (Lease lease : transaction.consumed()) {
                queues.computeIfAbsent(lease.queue(), queue -> {
                    names.add(keys.processing(queue));
                    names.add(keys.failures(queue));
                    names.add(keys.abandoned(queue));
                    return queues.size() + 1;
                });
            }
        }
        arguments.add(queues.size());
        arguments.add(transactions.size());
        for (OnePhase transaction : transactions) {
            arguments.add(transaction.consumed().size());
            arguments.add(transaction.sent().size());
            for (Lease lease : transaction.consumed()) {
                names.add(keys.message(lease.queue(), lease.id()));
                arguments.add(queues.get(lease.queue()));
                arguments.add(lease.member());
            }
            for (Publication message : transaction.sent()) {
                names.add(keys.ready(message.queue()));
                names.add(keys.message(message.queue(), message.id()));
                arguments.add(message.id());
                arguments.add(message.timeToLiveMillis());
                arguments.add(message.value());
            }
        }
        return run(Script.ACKNOWLEDGE, names, arguments).thenApply(reply -> {
            List<Acknowledgement> results = new ArrayList<>();
            for (int i = 0; i < transactions.size(); i++) {
                results.add(acknowledgement(transactions.get(i), list(reply.get(i))));
            }
            return results;
        });
    }

    private static Acknowledgement acknowledgement(OnePhase transaction, List<Object> result) {
        List<Lease> lost = named(transaction.consumed(), list(result.get(0)));
        return new Acknowledgement(
                lost,
                integer(result.get(2)),
                integer(result.get(3)),
                lost.isEmpty() ? notSent(transaction.sent(), list(result.get(1))) : List.of());
    }

    /**
     * Counts a failure and has the message delivered again later, or gives it up.
     *
     * @param delayMillis when it is due again
     * @param maxDeliveries after how many failures it is given up; 0 = now
     * @param reason why it failed
     */
    public CompletableFuture<Retry> retry(Lease lease, long delayMillis, int maxDeliveries, String reason) {
        String queue = lease.queue();
        List<Object> names = List.of(
                keys.processing(queue),
                keys.dead(queue),
                keys.failures(queue),
                keys.abandoned(queue),
                keys.errors(queue));
        List<Object> arguments = List.of(lease.id(), lease.token(), delayMillis, maxDeliveries, reason);
        return this.<Long>run(Script.RETRY, ReturnType.LONG, names, arguments)
                .thenApply(failures -> failures < 0 ? Retry.LOST : failures == 0 ? Retry.DEAD : Retry.WAITING);
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
        return run(Script.RELEASE, ReturnType.LONG, List.of(keys.processing(queue), keys.ready(queue)), arguments);
    }

    /**
     * Makes a branch ready to be committed, whatever happens then. Others may be prepared by the same call, each for itself.
     *
     * @param home the queue that the branch's record is kept with
     * @return the leases that were not held any more; if there is one, nothing was done
     */
    public CompletableFuture<List<Lease>> prepare(
            String branch, String home, List<Lease> consumed, List<Publication> sent) {
        Preparation preparation = new Preparation(branch, home, consumed, sent);
        if (client.isCluster()) { // the set of queues is on another server, and comes first
            return register(home)
                    .thenCompose(done -> prepare(List.of(preparation)))
                    .thenApply(lost -> lost.get(0));
        }
        return ask(preparations, "prepare", preparation);
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
        return run(Script.PREPARE, names, arguments).thenApply(reply -> {
            List<List<Lease>> lost = new ArrayList<>();
            for (int i = 0; i < branches.size(); i++) {
                lost.add(named(branches.get(i).consumed(), list(reply.get(i))));
            }
            return lost;
        });
    }

    /**
     * Commits a prepared branch; as for {@link #prepare}, others may be committed by the same call.
     *
     * @return false if it is not prepared: it was ended before
     */
    public CompletableFuture<Boolean> commit(String branch, String home) {
        return ask(commits, "commit", new Commit(branch, home));
    }

    private CompletableFuture<List<Boolean>> commit(List<Commit> branches) {
        List<Object> names = new ArrayList<>();
        List<Object> arguments = new ArrayList<>(List.of(keys.prefix()));
        for (Commit branch : branches) {
            names.add(keys.prepared(branch.home()));
            arguments.add(branch.branch());
        }
        return run(Script.COMMIT, names, arguments)
                .thenApply(
                        reply -> reply.stream().map(done -> integer(done) == 1).toList());
    }

    /**
     * Rolls a prepared branch back.
     *
     * @param leaseMillis how long its consumer keeps the messages, to say when they are due again; 0 = it is gone
     * @return false if it is not prepared: it was ended before
     */
    public CompletableFuture<Boolean> rollback(String branch, String home, long leaseMillis) {
        return end(Script.ROLLBACK, home, branch, keys.prefix(), leaseMillis);
    }

    /**
     * Rolls back a branch of which nobody knows whether it is prepared. If it is not, a preparation that is still under
     * way does nothing when it arrives.
     *
     * @param leaseMillis as for {@link #rollback}
     * @return false if it was not prepared
     */
    public CompletableFuture<Boolean> rollbackUnknown(String branch, String home, long leaseMillis) {
        List<Object> names = new ArrayList<>(List.of(keys.prepared(home)));
        if (!client.isCluster()) {
            names.add(keys.queues());
        }
        List<Object> arguments = List.of(branch, keys.prefix(), leaseMillis, home);
        return this.<Long>run(Script.ROLLBACK, ReturnType.LONG, names, arguments)
                .thenApply(ended -> ended == 1);
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
     * All prepared branches with the queues that they are at home with. One round trip, and one for each queue. A replica
     * refuses it: what it does not list would be taken for ended.
     */
    public CompletableFuture<Map<String, String>> recover() {
        return run(Script.QUEUES, List.of(keys.queues()), List.of()).thenCompose(queues -> {
            Map<String, CompletableFuture<List<String>>> found = new HashMap<>();
            for (String queue : texts(queues)) {
                found.put(
                        queue,
                        run(Script.BRANCHES, List.of(keys.prepared(queue)), List.of())
                                .thenApply(QueueOperations::texts));
            }
            return CompletableFuture.allOf(found.values().toArray(CompletableFuture[]::new))
                    .thenApply(all -> {
                        Map<String, String> branches = new LinkedHashMap<>();
                        found.forEach((queue, xids) -> xids.join().forEach(xid -> branches.put(xid, queue)));
                        return branches;
                    });
        });
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
    private <Q extends SharedCalls.Request, R> CompletableFuture<R> ask(
            SharedCalls<Q, R> calls, String operation, Q request) {
        try {
            client.redisson();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(RedisCallException.of(operation, e));
        }
        return calls.ask(request);
    }

    private CompletableFuture<Boolean> end(Script script, String home, Object... arguments) {
        return this.<Long>run(script, ReturnType.LONG, List.of(keys.prepared(home)), List.of(arguments))
                .thenApply(ended -> ended == 1);
    }

    private CompletableFuture<List<Object>> run(Script script, List<Object> names, List<Object> arguments) {
        return run(script, ReturnType.LIST, names, arguments);
    }

    private <T> CompletableFuture<T> run(Script script, ReturnType type, List<Object> names, List<Object> arguments) {
        return call(
                script.name().toLowerCase(Locale.ROOT),
                redisson -> script.run(redisson, type, names, arguments.toArray()));
    }

    private interface Command<T> {
        CompletionStage<T> on(RedissonClient redisson);
    }

    private <T> CompletableFuture<T> call(String operation, Command<T> command) {
        CompletionStage<T> reply;
        try {
            reply = client.call(command::on);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(RedisCallException.of(operation, e));
        }
        return reply.toCompletableFuture().handle((result, failure) -> {
            if (failure != null) {
                throw new CompletionException(RedisCallException.of(operation, failure));
            }
            return result;
        });
    }

    private static List<Publication> notSent(List<Publication> messages, List<Object> sent) {
        List<Publication> duplicates = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (integer(sent.get(i)) == 0) {
                duplicates.add(messages.get(i));
            }
        }
        return duplicates;
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

    private static int integer(Object reply) {
        return Math.toIntExact((Long) reply);
    }
}
