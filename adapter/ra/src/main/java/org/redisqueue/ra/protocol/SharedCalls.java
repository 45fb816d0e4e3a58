// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.ra.client.Failures;
import org.redisqueue.ra.protocol.RequestGroup.Waiting;

/**
 * Makes the calls of a group commit, and gives each request its own outcome.
 *
 * <p>If Redis refuses a call because of one of its requests, the requests that send
 * messages are repeated one by one, and the remaining ones together if that may help. If Redis cannot execute anything
 * at present, all requests in the call fail.
 *
 * @param <Q> the type of the requests
 * @param <R> the type of their results
 */
final class SharedCalls<Q extends GroupCommit.Request, R> {

    private final GroupCommit.Call<Q, R> call;

    SharedCalls(GroupCommit.Call<Q, R> call) {
        this.call = call;
    }

    /** Makes a call for these requests. Does not give them their results. */
    CompletableFuture<List<R>> start(List<Waiting<Q, R>> waiting) {
        try {
            return call.of(waiting.stream().map(Waiting::request).toList()).thenApply(results -> {
                if (results.size() != waiting.size()) {
                    throw new IllegalStateException(
                            "The call returned " + results.size() + " results for " + waiting.size() + " requests.");
                }
                return results;
            });
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Gives each request its result. Completes all requests, even if completing one of them fails. */
    void succeed(List<Waiting<Q, R>> waiting, List<R> results) {
        try {
            for (int i = 0; i < results.size(); i++) {
                waiting.get(i).result().complete(results.get(i));
            }
        } catch (RuntimeException | Error e) {
            leaveUnknown(waiting, e);
        }
    }

    /**
     * Repeats the requests of a refused call, or fails them. Completes all requests, even if completing one of them
     * fails.
     */
    void fail(List<Waiting<Q, R>> waiting, Throwable failure) {
        try {
            if (waiting.size() > 1 && mayConcernOneRequest(failure)) {
                parts(waiting).forEach(this::repeat);
            } else {
                for (int i = 0; i < waiting.size(); i++) {
                    waiting.get(i).result().completeExceptionally(requestFailure(i, Failures.unwrap(failure)));
                }
            }
        } catch (RuntimeException | Error e) {
            leaveUnknown(waiting, e);
        }
    }

    private void repeat(List<Waiting<Q, R>> part) {
        start(part).whenComplete((results, failure) -> {
            if (failure == null) {
                succeed(part, results);
            } else {
                fail(part, failure);
            }
        });
    }

    private void leaveUnknown(List<Waiting<Q, R>> waiting, Throwable fault) {
        RedisCallException unknown = RedisCallException.unknown("group commit", fault);
        waiting.forEach(each -> each.result().completeExceptionally(unknown));
    }

    /**
     * Splits a refused call. If its memory is full, Redis refuses a call because of the requests that send. The others
     * therefore stay together, unless there were no sending ones.
     */
    private List<List<Waiting<Q, R>>> parts(List<Waiting<Q, R>> refused) {
        List<Waiting<Q, R>> others =
                refused.stream().filter(each -> each.bytes() == 0).toList();
        if (others.size() < refused.size() && others.size() > 1) {
            List<List<Waiting<Q, R>>> parts = new ArrayList<>(List.of(others));
            refused.stream().filter(each -> each.bytes() > 0).map(List::of).forEach(parts::add);
            return parts;
        }
        return refused.stream().map(List::of).toList();
    }

    /** Converts the failure of a call to the failure of one of its requests, which can be settled separately. */
    private Throwable requestFailure(int number, Throwable failure) {
        if (failure instanceof RedisCallException unknown) {
            return unknown.<List<R>>unsettled()
                    .map(call -> unknown.with(call.map(results -> results.get(number))))
                    .orElse(unknown);
        }
        return failure;
    }

    /** Whether Redis replied with an error that a single request may have caused. */
    private static boolean mayConcernOneRequest(Throwable failure) {
        return Failures.unwrap(failure) instanceof RedisCallException refused
                && !refused.outcomeUnknown()
                && !refused.connectionLost()
                && !refused.isTemporary();
    }
}
