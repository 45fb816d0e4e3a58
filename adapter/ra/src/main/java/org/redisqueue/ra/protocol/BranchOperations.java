// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.redisqueue.ra.log.LogMessage;
import org.redisson.api.RScript.ReturnType;
import org.redisson.client.codec.StringCodec;

/**
 * The operations on the branches of two-phase commits: preparing, ending and listing them, and maintaining the set of
 * queues in which recovery looks for them.
 */
final class BranchOperations {

    private final RedisCalls calls;
    private final Keys keys;
    private final DeduplicationOperations deduplication;
    private final GroupCommit<PreparationRequest, PreparationResult> preparations;
    private final GroupCommit<BranchEndRequest, BranchEndResult> commits;
    private final GroupCommit<BranchEndRequest, BranchEndResult> rollbacks;
    private final Set<String> registered = ConcurrentHashMap.newKeySet();
    private final SharedNames homes;

    BranchOperations(RedisCalls calls, DeduplicationOperations deduplication) {
        this.calls = calls;
        this.deduplication = deduplication;
        this.keys = calls.keys();
        this.homes = new SharedNames(calls, keys.queues());
        this.preparations = calls.gathering(this::prepare);
        this.commits = calls.gathering(branches -> end(Script.COMMIT, branches));
        this.rollbacks = calls.gathering(branches -> end(Script.ROLLBACK, branches));
    }

    /** {@link QueueOperations#register}. */
    CompletableFuture<Void> register(String queue) {
        registered.add(queue);
        return calls.call(
                        "register",
                        redisson -> redisson.getSet(keys.queues(), StringCodec.INSTANCE)
                                .addAsync(queue))
                .thenApply(added -> null);
    }

    /** Registers the home queues of the branches that this process has prepared again, in case a failover has lost them. */
    void renewHomes() {
        homes.renew();
    }

    /** {@link QueueOperations#consumerEnded}. */
    void consumerEnded(String queue) {
        registered.remove(queue);
    }

    /** {@link QueueOperations#registered}. */
    Set<String> registered() {
        return Set.copyOf(registered);
    }

    /** {@link QueueOperations#unregister}. */
    CompletableFuture<Long> unregister(Collection<String> queues) {
        ScriptArguments arguments = new ScriptArguments().key(keys.queues()).add(keys.prefix());
        queues.forEach(arguments::add);
        return calls.run(Script.UNREGISTER, ReturnType.LONG, arguments.keys(), arguments.values());
    }

    /** {@link QueueOperations#prepare}. */
    CompletableFuture<PreparationResult> prepare(
            String branch, String home, List<Lease> consumed, List<SendRequest> sent) {
        PreparationRequest preparation = new PreparationRequest(branch, home, consumed, sent);
        CompletableFuture<PreparationResult> prepared = calls.isCluster()
                // The set of queues is on a different server and must be written first.
                ? homes.require("prepare", home)
                        .thenCompose(done -> RedisCalls.mapped(prepare(List.of(preparation)), all -> all.get(0)))
                : calls.ask(preparations, "prepare", preparation);
        return prepared.thenApply(result -> {
            if (result.exists()) {
                throw new CompletionException(
                        RedisCallException.refused("prepare", "branch '" + branch + "' is already prepared"));
            }
            return result;
        });
    }

    private CompletableFuture<List<PreparationResult>> prepare(List<PreparationRequest> branches) {
        boolean shared = !calls.isCluster();
        ScriptArguments arguments = new ScriptArguments().flag(shared).add(branches.size());
        if (shared) {
            arguments.key(keys.queues());
        }
        for (PreparationRequest branch : branches) {
            arguments
                    .key(keys.prepared(branch.home()))
                    .add(branch.branch())
                    .add(branch.home())
                    .add(branch.consumed().size())
                    .add(branch.sent().size());
            for (Lease lease : branch.consumed()) {
                arguments.key(keys.processing(lease.queue())).add(lease.queue()).lease(lease);
            }
            for (SendRequest message : branch.sent()) {
                arguments
                        .key(keys.ready(message.queue()))
                        .key(keys.staged(message.queue(), branch.branch(), message.id()))
                        .add(message.queue())
                        .add(message.id())
                        .add(message.timeToLiveAndOptions())
                        .add(message.value());
            }
        }
        return calls.inLane(
                "prepare", Script.PREPARE, branches, arguments, PreparationResult.PREPARED, PreparationResult::of);
    }

    /** {@link QueueOperations#commit}. */
    CompletableFuture<BranchEndResult> commit(String branch, String home, boolean recovery) {
        return calls.ask(commits, "commit", new BranchEndRequest(branch, home, recovery, 0));
    }

    /** {@link QueueOperations#rollback}. */
    CompletableFuture<BranchEndResult> rollback(String branch, String home, boolean recovery, long leaseMillis) {
        return calls.ask(rollbacks, "rollback", new BranchEndRequest(branch, home, recovery, leaseMillis));
    }

    private CompletableFuture<List<BranchEndResult>> end(Script script, List<BranchEndRequest> branches) {
        ScriptArguments arguments = new ScriptArguments().add(keys.prefix()).flag(calls.isCluster());
        for (BranchEndRequest branch : branches) {
            arguments.key(keys.prepared(branch.home())).add(branch.branch()).flag(branch.recovery());
            if (script == Script.ROLLBACK) {
                arguments.add(branch.leaseMillis());
            }
        }
        return calls.inLane(
                script.name().toLowerCase(Locale.ROOT),
                script,
                branches,
                arguments,
                BranchEndResult.DONE,
                (branch, entry) -> {
                    if (entry.size() > 2) {
                        reportDropped(Reply.list(entry.get(2)));
                    }
                    return BranchEndResult.of(Reply.text(entry.get(1)));
                });
    }

    /** Reports messages that a commit has dropped because other messages have their deduplication keys. */
    private void reportDropped(List<Object> messages) {
        for (Object message : messages) {
            List<String> texts = Reply.texts(Reply.list(message));
            LogMessage.DEDUPLICATED.log(texts.get(0), texts.get(1), texts.get(2));
        }
        deduplication.dropped(messages.size());
    }

    /** {@link QueueOperations#forget}. */
    CompletableFuture<Boolean> forget(String branch, String home) {
        ScriptArguments arguments = new ScriptArguments()
                .key(keys.prepared(home))
                .key(keys.ended(home, branch))
                .add(branch)
                .add(keys.prefix())
                .flag(calls.isCluster());
        return calls.<Long>run(Script.FORGET, ReturnType.LONG, arguments.keys(), arguments.values())
                .thenApply(ended -> ended == 1);
    }

    /** {@link QueueOperations#recover}. */
    CompletableFuture<BranchListingResult> recover() {
        return new BranchListing(keys, calls.isCluster(), calls::run).list();
    }
}
