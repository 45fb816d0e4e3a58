// SPDX-License-Identifier: Apache-2.0
package org.redisqueue.ra.protocol;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.redisqueue.internal.QueueName;
import org.redisson.api.RScript.ReturnType;
import org.redisson.client.codec.StringCodec;

/** Binds queues to topics. The bindings of a topic determine the queues that a published message is sent to. */
public final class TopicOperations {

    /** How long a publisher may use a binding that has ended, or not use a new one. */
    public static final Duration DELAY = BindingCache.REMEMBERED;

    private final RedisCalls calls;
    private final Keys keys;
    private final BindingCache cache;

    /** @param cache shared by all operations on one Redis, so that this process uses its own changes immediately */
    TopicOperations(RedisCalls calls, BindingCache cache) {
        this.calls = calls;
        this.keys = calls.keys();
        this.cache = cache;
    }

    /**
     * Returns the queues that a message is sent to if it is published now, sorted by name. Takes a round trip if they were
     * last read more than {@link #DELAY} ago. Names that are not those of a queue are left out.
     */
    public CompletableFuture<List<String>> queues(String topic) {
        return cache.queues(
                topic,
                name -> bindings(name)
                        .thenApply(queues -> queues.stream()
                                .filter(queue -> queue.matches(QueueName.PATTERN))
                                .sorted()
                                .toList()));
    }

    /** Returns the names of the topics that have bindings; in a cluster, also of those that had. They may be invalid. */
    public CompletableFuture<List<String>> topics() {
        return names(keys.topics());
    }

    /** Returns the names of the queues that are bound to a topic, as they are now. They may be invalid. */
    public CompletableFuture<List<String>> bindings(String topic) {
        return names(keys.bindings(topic));
    }

    private CompletableFuture<List<String>> names(String set) {
        return calls.run(Script.QUEUES, List.of(set), List.of()).thenApply(Reply::texts);
    }

    /**
     * Binds a queue to a topic, and registers both. Binding it again has no effect.
     *
     * @return whether the queue was not bound before
     */
    public CompletableFuture<Boolean> bind(String topic, String queue) {
        if (!calls.isCluster()) {
            return call(Script.BIND, topic, queue, List.of(keys.topics(), keys.queues()));
        }
        // These sets are on other servers. They are written first, so that operators find every binding.
        return add(keys.topics(), topic)
                .thenCompose(added -> add(keys.queues(), queue))
                .thenCompose(added -> call(Script.BIND, topic, queue, List.of()));
    }

    private CompletableFuture<Boolean> add(String set, String name) {
        return calls.call(
                "bind",
                redisson -> redisson.<String>getSet(set, StringCodec.INSTANCE).addAsync(name));
    }

    /**
     * Ends a binding. Other processes may use it for {@link #DELAY}, and messages that were published before are
     * sent when their transactions commit.
     *
     * @param queue the name of a queue, which may be invalid
     * @return whether the queue was bound
     */
    public CompletableFuture<Boolean> unbind(String topic, String queue) {
        return call(Script.UNBIND, topic, queue, calls.isCluster() ? List.of() : List.of(keys.topics()));
    }

    private CompletableFuture<Boolean> call(Script script, String topic, String queue, List<String> sets) {
        List<Object> names = new ArrayList<>(List.of(keys.bindings(topic)));
        names.addAll(sets);
        return calls.<Long>run(script, ReturnType.LONG, names, List.of(topic, queue))
                .thenApply(changed -> {
                    cache.forget(topic);
                    return changed == 1;
                });
    }
}
