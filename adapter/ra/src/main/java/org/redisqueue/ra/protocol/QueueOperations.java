// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.UnaryOperator;
import org.redisqueue.ra.client.RedisClient;

/**
 * The operations on the queues in Redis.
 *
 * <p>An operation takes one round trip, except for these:
 *
 * <ul>
 *   <li>{@link WaitOperations#awaitReady} blocks a pooled connection until a message is ready or the timeout has expired.
 *   <li>{@link #claim(ClaimRequest, ClaimingListener) claim} first renews leases that could not be renewed in time, with one round trip for each queue.
 *   <li>In a cluster, {@link #prepare} registers each home queue when it is first used, and {@link #send},
 *       {@link #acknowledge} and {@link #prepare} register the outbox of a home queue when they first send to other slots, which
 *       blocks. Afterwards, messages for other slots take two more round trips.
 *   <li>{@link #recover} reads the names of all queues, and then the branches with one round trip for each 500 queues
 *       or, in a cluster, for each queue.
 *   <li>{@link #requireConsumerRights} tries commands in several calls the first time.
 * </ul>
 *
 * <p>The first call of a script, and a numbered call whose reply is lost, take additional round trips.
 *
 * <p>{@link #send}, {@link #acknowledge}, {@link #prepare}, {@link #commit}, {@link #rollback}, {@link #redeliver} and
 * {@link #deadLetter} are {@linkplain Lanes numbered calls}: they are sent again when a reply is lost, and take effect
 * at most once. Their outcome is unknown only if Redis does not answer for two minutes. Requests from several threads
 * share calls. Other operations are not sent again.
 *
 * <p>All futures fail with a {@link RedisCallException}. They complete on a thread of the Redis client or of the timer;
 * their continuations must not block. An operation connects first if necessary, which blocks. Operations that share
 * calls also block briefly to let requests accumulate. Operations other than {@link #redeliver} and {@link #deadLetter}
 * must therefore not be called from a thread of the Redis client.
 */
public final class QueueOperations {

    /** How often {@link #forwardLeft} must be called. */
    public static final Duration FORWARDING_INTERVAL = Forwarding.INTERVAL;

    private final RedisClient client;
    private final CommandRights rights;
    private final RedisCalls calls;
    private final LeaseOperations leases;
    private final RedeliveryOperations redeliveries;
    private final BranchOperations branches;
    private final Forwarding forwarding;
    private final InspectOperations inspecting;
    private final WaitOperations waiting;
    private final ScheduleOperations schedule;
    private final TopicOperations topics;
    private final UnroutedMessages unrouted = new UnroutedMessages();
    private final SettingsOperations settings;
    private final DeduplicationOperations deduplication;
    private final AdminOperations admin;
    private final SentQueues sentQueues = new SentQueues();

    /**
     * Creates the operations on the queues in Redis.
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
        this.calls = new RedisCalls(client, timer, patience, wire);
        this.rights = new CommandRights(client, calls.keys(), calls.confirmation());
        client.onConnect(new ProtocolVersion(client, calls.keys())::require);
        client.onConnect(rights::requireToSend);
        LeaseShifts shifts = new LeaseShifts(calls);
        this.leases = new LeaseOperations(calls, shifts);
        this.redeliveries = new RedeliveryOperations(calls);
        this.deduplication = new DeduplicationOperations(calls);
        this.branches = new BranchOperations(calls, deduplication);
        this.forwarding =
                new Forwarding(calls, new OnePhaseOperations(calls), branches, leases, redeliveries, deduplication);
        this.inspecting = new InspectOperations(calls);
        this.waiting = new WaitOperations(
                calls, shifts, leases.server(), client.settings().getPoolSize());
        this.schedule = new ScheduleOperations(calls);
        this.topics = new TopicOperations(calls, BindingCache.of(client));
        this.settings = new SettingsOperations(calls);
        this.admin = new AdminOperations(calls, sentQueues);
    }

    /** A new message id, which sorts after the ids of earlier milliseconds: a version 7 UUID (RFC 9562, 5.7). */
    public static String newId() {
        UUID random = UUID.randomUUID();
        long high = System.currentTimeMillis() << 16 | 0x7000 | random.getMostSignificantBits() & 0xfff;
        return new UUID(high, random.getLeastSignificantBits()).toString();
    }

    /** The beginning of all lease tokens: random, and different for each run of an adapter and each Redis. */
    public String server() {
        return leases.server();
    }

    /** A listener with a number that no other has. */
    public ClaimingListener newListener(String name) {
        return leases.newListener(name);
    }

    /** The waits for ready messages. */
    public WaitOperations waits() {
        return waiting;
    }

    /** The operations on scheduled messages. */
    public ScheduleOperations schedule() {
        return schedule;
    }

    /** The operations on topics. */
    public TopicOperations topics() {
        return topics;
    }

    /** The messages that were published to topics without bindings. */
    public UnroutedMessages unrouted() {
        return unrouted;
    }

    /** The operations on the settings of queues. */
    public SettingsOperations settings() {
        return settings;
    }

    /** The operations on deduplication keys. */
    public DeduplicationOperations deduplication() {
        return deduplication;
    }

    /** The operations for operators. */
    public AdminOperations admin() {
        return admin;
    }

    /** Connects to Redis unless already connected. Blocks. */
    public void connect() {
        client.redisson();
    }

    /**
     * Checks that the Redis user may call all commands that consuming requires. Blocks until the result is known.
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

    /**
     * Asks Redis for an answer with a harmless command.
     *
     * @return false if Redis cannot be reached, or cannot execute anything at present; any other error counts as an answer
     */
    public CompletableFuture<Boolean> answers() {
        return inspecting.answers();
    }

    /** Whether calls are no longer possible, because the last user has released the client. */
    public boolean isClosed() {
        return client.isClosed();
    }

    /**
     * Whether one script can use two queues. In a cluster it usually cannot, because they may be on different servers. A
     * transaction can send to any queue, but only consume from those that one script can use.
     */
    public boolean canShareScript(String queue, String other) {
        return !isCluster() || Keys.shareSlot(queue, other);
    }

    /** Whether Redis is a cluster, in which queues are on different servers. */
    public boolean isCluster() {
        return client.isCluster();
    }

    /** Adds a queue to the set in which recovery and operators find it. */
    public CompletableFuture<Void> register(String queue) {
        return branches.register(queue);
    }

    /** Sends messages, all or nothing. Returns the messages that were not sent because their ids are in use. */
    public CompletableFuture<List<SendRequest>> send(List<SendRequest> messages) {
        sentQueues.add(messages);
        return forwarding.send(messages);
    }

    /**
     * Ends all calls when the connections of the client are no longer used. Otherwise, Redisson would delay its
     * shutdown for blocking calls, and threads that wait for other calls would stay blocked forever.
     */
    public void close() {
        calls.close();
    }

    /** Lets {@link #claim(ClaimRequest, ClaimingListener) claim} renew these leases before they could appear to belong to a dead consumer. */
    void add(Leases holder) {
        leases.add(holder);
    }

    /**
     * Claims messages under a new token. First renews those leases of this process that could not be renewed in time,
     * for example after an outage. Otherwise their messages would count as abandoned while their listeners are still
     * working.
     */
    public CompletableFuture<ClaimResult> claim(ClaimRequest request, ClaimingListener listener) {
        return leases.claim(request, listener);
    }

    /** Claims messages for no listener, see {@link #claim(ClaimRequest, ClaimingListener)}. */
    public CompletableFuture<ClaimResult> claim(ClaimRequest request) {
        return claim(request, ClaimingListener.NONE);
    }

    /**
     * Extends leases of one queue and marks those that are lost.
     *
     * @param leaseMillis how long the leases last from now, 1 to 3,600,000 ms
     * @return the lost leases
     */
    public CompletableFuture<List<Lease>> renew(String queue, Collection<Lease> heldLeases, long leaseMillis) {
        return leases.renew(queue, heldLeases, leaseMillis);
    }

    /**
     * Acknowledges the messages and publishes the sends of one transaction atomically. Requests from other threads may
     * share the Redis call; each transaction still succeeds or fails on its own.
     *
     * @param consumed the leases of the messages to acknowledge
     * @param sent the messages to publish
     */
    public CompletableFuture<AcknowledgmentResult> acknowledge(List<Lease> consumed, List<SendRequest> sent) {
        sentQueues.add(sent);
        return forwarding.acknowledge(consumed, sent);
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
        return redeliveries.redeliver(lease, delayMillis, maxDeliveries, reason);
    }

    /** Counts a failure and dead-letters the message, which cannot be delivered for this reason. */
    public CompletableFuture<RedeliveryResult> deadLetter(Lease lease, String reason) {
        return redeliveries.deadLetter(lease, reason);
    }

    /** Takes back failures of messages of one queue, and makes them due. Returns the messages that were left alone. */
    public CompletableFuture<List<TakeBackRequest>> takeBack(List<TakeBackRequest> messages) {
        return redeliveries.takeBack(messages);
    }

    /**
     * Returns messages that no listener has seen to their queue.
     *
     * @param claimed in the order of the claim
     * @return how many of the leases were still held
     */
    public CompletableFuture<Long> release(String queue, List<Lease> claimed) {
        return leases.release(queue, claimed);
    }

    /**
     * Prepares a branch: guarantees that it can be committed later.
     *
     * @param home the queue that keeps the record of the branch
     * @return why the branch was not prepared; if there is anything to report, nothing was changed
     */
    public CompletableFuture<PreparationResult> prepare(
            String branch, String home, List<Lease> consumed, List<SendRequest> sent) {
        sentQueues.add(sent);
        return forwarding.prepare(branch, home, consumed, sent);
    }

    /**
     * Commits a prepared branch.
     *
     * @param recovery whether a different process prepared the branch; if so, the outcome stays in Redis for it
     */
    public CompletableFuture<BranchEndResult> commit(String branch, String home, boolean recovery) {
        return forwarding.commit(branch, home, recovery);
    }

    /**
     * Rolls back a prepared branch.
     *
     * @param recovery whether a different process prepared the branch; if so, the outcome stays in Redis for it
     * @param leaseMillis how long the consumer keeps the messages, so that it can schedule their redelivery, 0 to
     *     86,400,000 ms; 0 = the consumer is gone
     */
    public CompletableFuture<BranchEndResult> rollback(String branch, String home, boolean recovery, long leaseMillis) {
        return forwarding.rollback(branch, home, recovery, leaseMillis);
    }

    /**
     * Drops a prepared branch. Its messages become dead letters, except for messages to be sent whose ids are now in
     * use. Returns false if the branch is not prepared.
     */
    public CompletableFuture<Boolean> forget(String branch, String home) {
        return branches.forget(branch, home);
    }

    /**
     * Lists all prepared branches with their home queues. A replica refuses the call, because a branch that it does not
     * list would be considered ended.
     */
    public CompletableFuture<BranchListingResult> recover() {
        return branches.recover();
    }

    /** Removes queues without keys from the set of queues, except in a cluster. Returns how many names were removed. */
    public CompletableFuture<Long> unregister(Collection<String> queues) {
        return branches.unregister(queues);
    }

    /**
     * In a cluster, forwards messages to other slots that processes have committed, but not forwarded. Does nothing if
     * another process has just done so. Must be called every {@link #FORWARDING_INTERVAL}; does not block.
     *
     * @return completes when an attempt was made to send each of them
     */
    public CompletableFuture<Void> forwardLeft() {
        try {
            if (client.isCluster() && client.isConnected()) {
                return forwarding.scan();
            }
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException | Error e) { // memory is exhausted; the next call follows
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Records that a consumer of a queue has ended: recovery no longer ensures that the queue is registered. */
    public void consumerEnded(String queue) {
        branches.consumerEnded(queue);
    }

    /** The queues that this process has registered because it consumes them. */
    public Set<String> registered() {
        return branches.registered();
    }

    /**
     * Counts the messages of a queue and lists its latest dead letters.
     *
     * @param deadLetters maximum number of dead letters to list, 0 to 1,000,000
     */
    public CompletableFuture<InspectionResult> inspect(String queue, int deadLetters) {
        return inspecting.inspect(queue, deadLetters);
    }
}
