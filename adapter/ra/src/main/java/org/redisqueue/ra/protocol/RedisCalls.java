// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.client.RedisUnavailableException;
import org.redisson.api.RScript.ReturnType;
import org.redisson.api.RedissonClient;

/** Makes the calls to Redis: single commands, scripts, and scripts in a lane for groups of requests. */
final class RedisCalls {

    /** The minimum throughput of a connection, assumed when the timeout of a large call is computed. */
    private static final long MIN_BYTES_PER_MILLI = 500;

    private final RedisClient client;
    private final Keys keys;
    private final ScheduledExecutorService timer;
    private final Lanes lanes;
    private final Confirmation confirmation;
    private final List<GroupCommit<?, ?>> groups = new CopyOnWriteArrayList<>();
    private final Set<CompletableFuture<?>> pending = ConcurrentHashMap.newKeySet();
    private final Map<String, RedisClock> clocks = new ConcurrentHashMap<>();

    /**
     * @param timer retries calls that Redis has not answered
     * @param patience how long calls are retried
     * @param wire wraps the transport of numbered calls
     */
    RedisCalls(
            RedisClient client,
            ScheduledExecutorService timer,
            Duration patience,
            UnaryOperator<Lanes.Transport> wire) {
        this.client = client;
        this.keys = new Keys(client.settings().getKeyPrefix());
        this.timer = timer;
        this.confirmation = Confirmation.of(client);
        this.lanes = new Lanes(wire.apply(this::transmit), timer, this::laneKey, this::clockOfServer, patience);
    }

    Keys keys() {
        return keys;
    }

    boolean isCluster() {
        return client.isCluster();
    }

    /** Runs tasks that do not block. */
    ScheduledExecutorService timer() {
        return timer;
    }

    boolean isClosed() {
        return client.isClosed();
    }

    /** What must confirm the calls in lanes. */
    Confirmation confirmation() {
        return confirmation;
    }

    /** How long the reply to a small call is awaited, in milliseconds. */
    long responseMillis() {
        return client.settings().getResponseTimeout();
    }

    /** The clock of the server that holds a queue's keys. */
    RedisClock clock(String queue) {
        return clockOfServer(server(queue));
    }

    private RedisClock clockOfServer(String server) {
        return clocks.computeIfAbsent(server, name -> new RedisClock());
    }

    /** Identifies the server that holds a queue's keys. In a cluster, each queue may be on a different server. */
    private String server(String queue) {
        return client.isCluster() ? queue : "";
    }

    /** On a single server, the lanes serve all queues. In a cluster, a lane is in the slot of its queue. */
    private String laneKey(String home, String name) {
        return client.isCluster() ? keys.lane(home, name) : keys.lane(name);
    }

    private CompletableFuture<List<Object>> transmit(Lanes.Work work, List<Object> names, List<Object> arguments) {
        Duration timeout = responseTimeout(work.bytes());
        return call(
                        work.operation(),
                        redisson -> run(
                                Lanes.isExecutable(arguments)
                                        ? confirmation.wire(redisson, timeout, (String) names.get(0))
                                        : ScriptWire.of(redisson, timeout),
                                work.script(),
                                ReturnType.LIST,
                                names,
                                arguments))
                .thenApply(reply -> reply instanceof List<?> ? Reply.list(reply) : List.of(reply));
    }

    /** The response timeout, extended by the time that a large call takes to transmit. */
    private Duration responseTimeout(long bytes) {
        return Duration.ofMillis(responseMillis() + bytes / MIN_BYTES_PER_MILLI);
    }

    /** A group commit whose requests wait briefly for further ones. */
    <Q extends GroupCommit.Request, R> GroupCommit<Q, R> gathering(GroupCommit.Call<Q, R> call) {
        GroupCommit<Q, R> group = new GroupCommit<>(client.isCluster(), timer, call);
        groups.add(group);
        return group;
    }

    /** A group commit whose requests never wait for further ones. Its callers block only to connect. */
    <Q extends GroupCommit.Request, R> GroupCommit<Q, R> withoutGathering(GroupCommit.Call<Q, R> call) {
        GroupCommit<Q, R> group = GroupCommit.withoutGathering(client.isCluster(), timer, call);
        groups.add(group);
        return group;
    }

    /**
     * Makes a request. Connects first if necessary, on the calling thread, so that no other request waits for the
     * connection.
     */
    <Q extends GroupCommit.Request, R> CompletableFuture<R> ask(GroupCommit<Q, R> group, String operation, Q request) {
        try {
            client.redisson();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(RedisCallException.of(operation, e));
        }
        return group.ask(request);
    }

    /**
     * Executes a script for several requests in a lane.
     *
     * @param usual the result of a request that the report of the script does not mention
     * @param reported the result of a request that the report mentions, computed from its entry
     */
    <Q extends GroupCommit.Request, R> CompletableFuture<List<R>> inLane(
            String operation,
            Script script,
            List<Q> requests,
            ScriptArguments arguments,
            R usual,
            BiFunction<Q, List<Object>, R> reported) {
        long bytes = requests.stream().mapToLong(GroupCommit.Request::bytes).sum();
        Function<List<Object>, List<R>> results = report -> {
            List<R> all = new ArrayList<>(Collections.nCopies(requests.size(), usual));
            for (Object each : report) {
                List<Object> entry = Reply.list(each);
                int number = Reply.integer(entry.get(0)) - 1;
                all.set(number, reported.apply(requests.get(number), entry));
            }
            return all;
        };
        return inLane(requests.get(0).home(), operation, script, arguments, bytes, results);
    }

    /**
     * Executes a script in a lane.
     *
     * @param bytes the number of bytes that the script stores
     * @param results converts the report of the script
     */
    <R> CompletableFuture<List<R>> inLane(
            String queue,
            String operation,
            Script script,
            ScriptArguments arguments,
            long bytes,
            Function<List<Object>, List<R>> results) {
        Lanes.Work work = new Lanes.Work(operation, script, arguments.keys(), arguments.values(), bytes);
        return mapped(lanes.call(server(queue), work), results);
    }

    /** Returns the call with its result converted, even if the call has to be settled. */
    static <T, R> CompletableFuture<R> mapped(CompletableFuture<T> call, Function<T, R> form) {
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

    /** Runs a script that returns a list, without a lane. */
    CompletableFuture<List<Object>> run(Script script, List<Object> names, List<Object> arguments) {
        return run(script, ReturnType.LIST, names, arguments);
    }

    /** Runs a script without a lane. */
    <T> CompletableFuture<T> run(Script script, ReturnType type, List<Object> names, List<Object> arguments) {
        return call(
                script.name().toLowerCase(Locale.ROOT),
                redisson -> run(ScriptWire.of(redisson, responseTimeout(0)), script, type, names, arguments));
    }

    /**
     * Runs a script without a lane. If calls in lanes must be {@linkplain Confirmation confirmed}, so must this one, with
     * everything that its server has written before.
     */
    CompletableFuture<Object> runConfirmed(Script script, ReturnType type, List<Object> names, List<Object> arguments) {
        return call(
                script.name().toLowerCase(Locale.ROOT),
                redisson -> run(
                        confirmation.wire(redisson, responseTimeout(0), (String) names.get(0)),
                        script,
                        type,
                        names,
                        arguments));
    }

    private <T> CompletableFuture<T> run(
            ScriptWire<T> wire, Script script, ReturnType type, List<Object> names, List<Object> arguments) {
        Object[] values = arguments.toArray();
        boolean whole = !client.isCluster() || names.size() == 1 && script.isOfOneKey();
        Optional<String> absent = whole ? Optional.empty() : Keys.absentBeside((String) names.get(0));
        return absent.isPresent()
                ? script.runInCluster(wire, type, names, absent.get(), values)
                : script.run(wire, type, names, values);
    }

    /** A command that a client sends to Redis. */
    interface Command<T> {
        CompletionStage<T> on(RedissonClient redisson);
    }

    <T> CompletableFuture<T> call(String operation, Command<T> command) {
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

    @SuppressWarnings("CollectionUndefinedEquality") // futures are compared by identity
    private <T> CompletionStage<T> pending(CompletionStage<T> reply) {
        CompletableFuture<?> future = reply.toCompletableFuture();
        pending.add(future);
        future.whenComplete((id, failure) -> pending.remove(future));
        return reply;
    }

    /** A call that fails when the connections are no longer used, even if nothing else ends it. */
    <T> CompletableFuture<T> untilClosed(String operation, CompletableFuture<T> call) {
        return pending(call).toCompletableFuture().handle((result, failure) -> {
            if (failure != null) {
                Throwable cause = Failures.unwrap(failure);
                throw new CompletionException(
                        cause instanceof RedisCallException ? cause : RedisCallException.of(operation, cause));
            }
            return result;
        });
    }

    /** Ends all calls. */
    void close() {
        RedisUnavailableException closed = client.closed();
        RedisCallException refused = RedisCallException.of("call", closed);
        groups.forEach(group -> group.close(refused));
        lanes.close(closed);
        pending.forEach(reply -> reply.completeExceptionally(closed));
    }
}
