// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.redisqueue.ra.client.Failures;
import org.redisson.api.RScript.ReturnType;
import org.redisson.client.codec.StringCodec;

/**
 * A set in Redis in which other processes find the names that this one uses. In a cluster, it is on a different server than
 * what the names stand for, so that a name must be added first.
 */
final class SharedNames {

    /** How long a name is added again and again. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final RedisCalls calls;
    private final String set;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    /** @param set the key of the set */
    SharedNames(RedisCalls calls, String set) {
        this.calls = calls;
        this.set = set;
    }

    /**
     * Ensures that the set has a name, also after a failover if calls in lanes must be {@linkplain Confirmation confirmed}.
     *
     * @param operation what requires the name; if it cannot be added in time, this operation was not executed
     */
    CompletableFuture<Void> require(String operation, String name) {
        CompletableFuture<Void> required = new CompletableFuture<>();
        if (known.contains(name)) {
            required.complete(null);
            return required;
        }
        add(operation, name, System.nanoTime() + PATIENCE.toNanos(), required);
        return calls.untilClosed(operation, required);
    }

    private void add(String operation, String name, long end, CompletableFuture<Void> required) {
        List<Object> arguments = List.of(name, calls.confirmation().isRequired() ? 1 : 0);
        calls.runConfirmed(Script.REGISTER, ReturnType.LONG, List.of(set), arguments)
                .whenComplete((added, failure) -> {
                    if (failure == null) {
                        known.add(name);
                        required.complete(null);
                        return;
                    }
                    RedisCallException cause = (RedisCallException) Failures.unwrap(failure);
                    boolean passes = cause.isTemporary() || cause.outcomeUnknown() || cause.connectionLost();
                    if (!passes || System.nanoTime() - end >= 0 || !addLater(operation, name, end, required)) {
                        required.completeExceptionally(RedisCallException.notExecuted(
                                operation, "'" + name + "' could not be added to " + set + ": " + cause.getMessage()));
                    }
                });
    }

    private boolean addLater(String operation, String name, long end, CompletableFuture<Void> required) {
        try {
            calls.timer().schedule(() -> add(operation, name, end, required), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (RejectedExecutionException e) { // the adapter is stopping
            return false;
        }
    }

    /** Adds the names again that this process has required, in case a failover has lost them. */
    void renew() {
        if (!known.isEmpty()) {
            calls.call(
                    "register",
                    redisson ->
                            redisson.<String>getSet(set, StringCodec.INSTANCE).addAllAsync(List.copyOf(known)));
        }
    }
}
