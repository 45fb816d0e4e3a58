// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.client.RedisClient;
import org.redisqueue.ra.config.ConnectionSettings;
import org.redisqueue.ra.log.LogMessage;
import org.redisqueue.ra.log.RecurringProblem;
import org.redisson.Redisson;
import org.redisson.RedissonScript;
import org.redisson.api.BatchOptions;
import org.redisson.api.RScriptAsync;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.client.protocol.RedisCommand;
import org.redisson.client.protocol.convertor.Convertor;
import org.redisson.client.protocol.decoder.MultiDecoder;
import org.redisson.command.CommandAsyncExecutor;
import org.redisson.command.CommandBatchService;

/**
 * Confirms that calls in lanes survive the loss of their server: that enough replicas have received them ({@code WAIT}),
 * or that they are on the disk of the server ({@code WAITAOF}).
 *
 * <p>Both commands refer to the last write of their connection. They follow the script on the same connection, in the same
 * transmission, and the script always writes, also if it only repeats the report of an earlier execution.
 */
final class Confirmation {

    private static final Duration REPORT_INTERVAL = Duration.ofMinutes(1);

    private final int replicas;
    private final boolean local;
    private final Duration timeout;
    private final String address;
    private final boolean cluster;
    private final RecurringProblem problem = new RecurringProblem(REPORT_INTERVAL);

    private Confirmation(int replicas, boolean local, Duration timeout, String address, boolean cluster) {
        this.replicas = replicas;
        this.local = local;
        this.timeout = timeout;
        this.address = address;
        this.cluster = cluster;
    }

    /** The confirmation that the settings of a client require. */
    static Confirmation of(RedisClient client) {
        ConnectionSettings settings = client.settings();
        return new Confirmation(
                settings.getWaitReplicas(),
                settings.isWaitingForLocalDisk(),
                Duration.ofMillis(settings.getWaitReplicasTimeout()),
                client.address(),
                client.isCluster());
    }

    /** Whether calls require a confirmation. */
    boolean isRequired() {
        return replicas > 0 || local;
    }

    /**
     * A wire for calls in lanes. If a reply is not confirmed in time, it becomes an {@link UnconfirmedException}. That
     * includes replies that the call was not executed, which may come from a master that has already been replaced.
     *
     * @param reply how long the reply of the script is awaited
     * @param key a key of the script
     */
    ScriptWire<Object> wire(RedissonClient redisson, Duration reply, String key) {
        if (!isRequired()) {
            return ScriptWire.of(redisson, reply);
        }
        return new ScriptWire<>() {
            @Override
            public CompletionStage<Object> send(Function<RScriptAsync, CompletionStage<Object>> call) {
                return Confirmation.this.send(redisson, reply, key, call);
            }

            @Override
            public CompletionStage<Object> sendUnknown(
                    String source,
                    Function<RScriptAsync, CompletionStage<Object>> byDigest,
                    Function<RScriptAsync, CompletionStage<Object>> withSource) {
                // Unless Redis is a cluster, Redisson would replace the source by the digest again.
                return cluster
                        ? send(withSource)
                        : new RedissonScript(executor(redisson), ScriptCodec.INSTANCE)
                                .scriptLoadAsync(key, source)
                                .thenCompose(digest -> send(byDigest));
            }
        };
    }

    private CompletionStage<Object> send(
            RedissonClient redisson,
            Duration replyTimeout,
            String key,
            Function<RScriptAsync, CompletionStage<Object>> call) {
        CommandBatchService batch = batch(redisson, replyTimeout);
        CompletableFuture<Object> reply =
                call.apply(new RedissonScript(batch, ScriptCodec.INSTANCE)).toCompletableFuture();
        Copies copies = new Copies();
        addTo(batch, key, replicas, local ? 1 : 0, copies);
        return batch.executeAsync().handle((all, failure) -> {
            boolean executed = reply.isDone() && !reply.isCompletedExceptionally();
            if (failure != null && !executed) {
                throw new CompletionException(Failures.unwrap(failure));
            }
            String shortfall = failure == null
                    ? shortfall(copies)
                    : "it was not confirmed: " + Failures.describe(Failures.unwrap(failure));
            if (shortfall != null) {
                if (problem.shouldReport("")) {
                    LogMessage.UNCONFIRMED.log(address, shortfall);
                }
                throw new UnconfirmedException(shortfall);
            }
            return reply.join();
        });
    }

    /** A group of commands that Redisson sends together, over the same connection. */
    private CommandBatchService batch(RedissonClient redisson, Duration replyTimeout) {
        long millis = replyTimeout.toMillis() + timeout.toMillis() * ((replicas > 0 ? 1 : 0) + (local ? 1 : 0));
        return new CommandBatchService(
                executor(redisson),
                BatchOptions.defaults().retryAttempts(0).responseTimeout(millis, TimeUnit.MILLISECONDS));
    }

    private static CommandAsyncExecutor executor(RedissonClient redisson) {
        return ((Redisson) redisson).getCommandExecutor();
    }

    /**
     * The numbers of copies of the last reply. After a redirection, Redisson sends the commands again, but keeps the result
     * of the first reply.
     */
    private static final class Copies {
        private volatile int replicas;
        private volatile int files;

        private Integer replied(Object number) {
            replicas = Math.toIntExact((Long) number);
            return replicas;
        }

        private List<Integer> replied(List<Object> localAndReplicas) {
            List<Integer> numbers = localAndReplicas.stream()
                    .map(number -> Math.toIntExact((Long) number))
                    .toList();
            files = numbers.get(0);
            return numbers;
        }
    }

    /** Adds the commands that wait. */
    private void addTo(CommandBatchService batch, String key, int wantedReplicas, int wantedFiles, Copies copies) {
        String mapped = batch.getServiceManager().getNameMapper().map(key);
        if (replicas > 0) {
            RedisCommand<Integer> command =
                    new RedisCommand<>("WAIT", (Convertor<Integer>) number -> copies.replied(number));
            batch.<Integer, Integer>writeAsync(
                    mapped, StringCodec.INSTANCE, command, wantedReplicas, timeout.toMillis());
        }
        if (local) {
            RedisCommand<List<Integer>> command = new RedisCommand<>(
                    "WAITAOF", (MultiDecoder<List<Integer>>) (numbers, state) -> copies.replied(numbers));
            batch.<List<Integer>, List<Integer>>writeAsync(
                    mapped, StringCodec.INSTANCE, command, wantedFiles, 0, timeout.toMillis());
        }
    }

    private @Nullable String shortfall(Copies copies) {
        if (copies.replicas < replicas) {
            return copies.replicas + " of " + replicas + " replicas confirmed it within " + timeout.toMillis()
                    + " ms (waitReplicas)";
        }
        return local && copies.files == 0
                ? "the disk did not confirm it within " + timeout.toMillis() + " ms (waitLocal)"
                : null;
    }

    /**
     * Tries the commands that wait, without waiting. Blocks.
     *
     * @throws RuntimeException if Redis refuses one of them
     */
    void tryOut(RedissonClient redisson, Duration replyTimeout, String key) {
        CommandBatchService batch = batch(redisson, replyTimeout);
        addTo(batch, key, 0, 0, new Copies());
        batch.execute();
    }
}
